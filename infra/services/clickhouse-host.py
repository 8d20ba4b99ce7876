# What clickhouse-host.c does, for machines without a C compiler.
# Usage: python3 clickhouse-host.py LIBCHDB [ARG of clickhouse-local ...]
import ctypes
import sys

library = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
args = [b"clickhouse"] + [arg.encode() for arg in sys.argv[2:]]
sys.exit(library.chdb_query_cmdline(len(args), (ctypes.c_char_p * (len(args) + 1))(*args, None)))
