/* measure OUT COMMAND…: runs it with stdout and stderr into OUT; prints "wall_s cpu_s peak_mb
 * status". */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static void run(const char *out, char **argv)
{
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(127);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
#ifdef __APPLE__
	const double unit_mb = 1e-6; /* bytes there, KiB elsewhere */
#else
	const double unit_mb = 1024e-6;
#endif
	double begin = now_s();
	struct rusage use;
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0)
		run(argv[1], argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || getrusage(RUSAGE_CHILDREN, &use) < 0) {
		perror("measure");
		return 1;
	}
	printf("%.3f %.3f %.1f %d\n", now_s() - begin,
	       seconds(use.ru_utime) + seconds(use.ru_stime), (double)use.ru_maxrss * unit_mb,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
