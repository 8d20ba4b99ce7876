import fc from 'fast-check'

/** Name of a project whose rows must never be seen. */
export const OTHER_PROJECT = 'other'
/** Stands in everything that the other project holds. */
export const SECRET = 'belongs to another project'

/** Strings that would break out of SQL, of a placeholder, of a path or of a key. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "' OR 1=1 --",
    "'; DROP TABLE events; --",
    '` OR project_id != `',
    '") UNION ALL SELECT * FROM events --',
    '{project:String}',
    '{p0:Identifier}',
    "\\' OR 1=1 --",
    '\\',
    '\\N',
    '%s%n%2E',
    OTHER_PROJECT,
    'a.b.c.d',
    '...',
    '^`a`',
    ':`Int64`',
    'plan.:`String`',
    'a.^`b`',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '\u0000',
    '\ud800',
    '\u202e',
    'UTC; SELECT 1',
    "Europe/Berlin' --",
    'properties',
    '*',
    '-0',
    'NaN',
    '1e999',
    '/* */',
    'SETTINGS max_execution_time = 0',
    'FORMAT Null',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'\'"`\\{}:;.()-^%$ \t\n\0'), minLength: 1, maxLength: 20 }),
)

/** Words of our SQL, of the store's errors and of our code: none may stand in an answer. */
export const LEAK = /DB::Exception|Code: \d+|toUnixTimestamp64Milli|project_id =|node_modules/
