/* Whether the recordings are still those that were analysed. */
#include <sys/stat.h>

#include "engine/session_private.h"

enum as_clip_media as_engine_media_of(const struct as_session *s, const struct session_clip *c)
{
	enum as_clip_media worst = AS_CLIP_MEDIA_PRESENT;
	for (int i = 0; i < c->n_files; i++) {
		if (s->files[c->files[i]].media > worst)
			worst = s->files[c->files[i]].media;
	}
	return worst;
}

static int64_t mtime_ns_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Nothing that was known of the file holds any more. With the lock. */
static void renew(struct session_file *f, const struct stat *st)
{
	as_media_info_done(&f->info);
	f->info = (struct as_media_info){0};
	f->state = AS_CLIP_NEW;
	f->media = AS_CLIP_MEDIA_PRESENT;
	f->bytes = st->st_size;
	f->mtime_ns = mtime_ns_of(st);
	f->dev = st->st_dev;
	f->ino = st->st_ino;
	f->content[0] = '\0';
}

/* What is back is taken as it is now: content that is the same is found out by its key. */
void as_engine_renew_media(struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++) {
		struct session_clip *c = &s->clips[i];
		bool renewed = false;
		for (int k = 0; k < c->n_files; k++) {
			struct session_file *f = &s->files[c->files[k]];
			struct stat st;
			if (f->media == AS_CLIP_MEDIA_PRESENT || stat(f->path, &st) != 0 || !S_ISREG(st.st_mode))
				continue;
			pthread_mutex_lock(&s->lock);
			renew(f, &st);
			pthread_mutex_unlock(&s->lock);
			renewed = true;
		}
		if (!renewed)
			continue;
		pthread_mutex_lock(&s->lock);
		c->state = AS_CLIP_NEW;
		c->keep.key = 0;
		s->generation++;
		pthread_mutex_unlock(&s->lock);
	}
}
