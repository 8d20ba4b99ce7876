// Runs the ClickHouse that libchdb.so contains as a process of its own.
// Usage: clickhouse-host LIBCHDB [ARG of clickhouse-local ...]
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
  int (*run)(int, char **) = library ? (int (*)(int, char **))dlsym(library, "chdb_query_cmdline") : NULL;
  if (!run) {
    fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: clickhouse-host LIBCHDB [ARG ...]");
    return 127;
  }
  argv[1] = "clickhouse";
  return run(argc - 1, argv + 1);
}
