/* shoot DIR SECONDS SEED: writes the made-up shoot of `audiosync demo` at another length. */
#include <stdio.h>
#include <stdlib.h>

#include <audiosync/demo.h>

int main(int argc, char **argv)
{
	struct as_error err = {0};
	struct as_demo demo;

	if (argc != 4)
		return 2;
	if (as_demo_write(argv[1], strtoull(argv[3], NULL, 10), strtod(argv[2], NULL), false, NULL,
			  NULL, &demo, &err)) {
		fprintf(stderr, "shoot: %s\n", err.msg);
		return 1;
	}
	return 0;
}
