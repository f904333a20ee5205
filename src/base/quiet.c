#include "base/quiet.h"

#include <fcntl.h>
#include <unistd.h>

int as_quiet_begin(void)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	int nowhere = saved < 0 ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0) {
		close(nowhere);
		return saved;
	}
	if (nowhere >= 0)
		close(nowhere);
	if (saved >= 0)
		close(saved);
	return -1;
}

void as_quiet_end(int saved)
{
	if (saved < 0)
		return;
	dup2(saved, STDERR_FILENO);
	close(saved);
}
