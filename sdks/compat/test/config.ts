/** Whether every suite has to run whole, as where it is decided what may be published. */
export const mustRunAll = (): boolean => process.env.CI === 'true'
