/*
 * disk_scan.c
 *		Looks for words in the files of a PostgreSQL server, and in whatever
 *		PostgreSQL may have compressed or cut into pieces there.
 *
 *		disk_scan [-e PATTERN]... PATH...
 *
 * A word begins with one of the patterns and goes on with letters, digits and
 * underscores.  Prints a line for each word, place and way that it was found:
 *
 *		WORD <tab> FILE <tab> HOW
 *
 * where HOW is empty for the file's own bytes, else what had to be opened, as
 * "WAL > page image lz4 > chunks > zstd".  Exits with 0 if anything was found,
 * 1 if not, 2 if a file could not be read.  The server should be stopped.
 */
#define _GNU_SOURCE
#include "disk_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <search.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_FOUND 0
#define EXIT_NONE 1
#define EXIT_TROUBLE 2

/* A shorter pattern would stand in compressed bytes by chance. */
#define MIN_PATTERN 5

int			n_patterns = 0;
char	  **patterns;

/* Lines that were printed, as a tree of tsearch(). */
static void *lines = NULL;

/* Like realloc, but ends the program when memory runs out. */
void *
allocate(void *old, size_t size)
{
	void	   *new = realloc(old, size ? size : 1);

	if (new == NULL)
	{
		perror("disk_scan");
		exit(EXIT_TROUBLE);
	}
	return new;
}

/* Makes room for more bytes. */
void
bytes_reserve(Bytes *bytes, size_t extra)
{
	if (bytes->size - bytes->len >= extra)
		return;
	bytes->size = (bytes->len + extra) * 2;
	bytes->data = allocate(bytes->data, bytes->size);
}

/* Adds bytes at the end. */
void
bytes_append(Bytes *bytes, const void *data, size_t len)
{
	bytes_reserve(bytes, len);
	memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
}

/* Ends the program, saying what it could not do with a file. */
void
trouble(const char *file, const char *what)
{
	fprintf(stderr, "disk_scan: %s: %s\n", file, what);
	exit(EXIT_TROUBLE);
}

/* tsearch: by their text. */
static int
compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Prints a word that was found, once for each place and way. */
void
found(const Place *place, const unsigned char *word, size_t len)
{
	size_t		size = len + strlen(place->file) + strlen(place->how) + 3;
	char	   *line = allocate(NULL, size);

	snprintf(line, size, "%.*s\t%s\t%s", (int) len, (const char *) word, place->file, place->how);
	if (*(char **) tsearch(line, &lines, compare_lines) == line)
		puts(line);
	else
		free(line);
}

/*
 * Tells whether two files hold one relation: 16384, 16384.1 and so on
 * (common/relpath.h).
 */
static bool
same_relation(const char *a, const char *b)
{
	size_t		len = strcspn(strrchr(a, '/') ? strrchr(a, '/') : a, ".");

	len += strrchr(a, '/') ? strrchr(a, '/') - a : 0;
	return strncmp(a, b, len) == 0 && (b[len] == '.' || b[len] == '\0');
}

/* Looks into one file; one after the other in the order of their names. */
static void
scan_file(const char *path, const char *name, size_t len)
{
	static char *relation = NULL;
	int			fd = open(path, O_RDONLY);
	unsigned char *bytes;
	Place		place = {path, "", 0};

	if (fd < 0)
		trouble(path, strerror(errno));
	if (relation == NULL || !same_relation(relation, path))
	{
		toast_finish();
		free(relation);
		relation = strdup(path);
	}
	if (len > 0)
	{
		bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED)
			trouble(path, strerror(errno));
		if (wal_is_segment(name))
			wal_add(path, bytes, len);
		else
			scan_bytes(&place, bytes, len);
		munmap(bytes, len);
	}
	close(fd);
}

/* scandir: all but the folder itself and its parent. */
static int
is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Looks into a file, or all files below a folder; links are followed. */
static void
scan_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	struct dirent **entries;
	int			n;

	if (stat(path, &st) != 0)
		trouble(path, strerror(errno));
	if (S_ISREG(st.st_mode))
		scan_file(path, slash ? slash + 1 : path, st.st_size);
	if (!S_ISDIR(st.st_mode))
		return;
	n = scandir(path, &entries, is_entry, alphasort);
	if (n < 0)
		trouble(path, strerror(errno));
	for (int i = 0; i < n; i++)
	{
		size_t		size = strlen(path) + strlen(entries[i]->d_name) + 2;
		char	   *below = allocate(NULL, size);

		snprintf(below, size, "%s/%s", path, entries[i]->d_name);
		scan_path(below);
		free(below);
		free(entries[i]);
	}
	free(entries);
}

/* Prints where the words stand in files or below folders; exits as grep does. */
int
main(int argc, char **argv)
{
	int			option;

	patterns = allocate(NULL, sizeof(char *) * argc);
	while ((option = getopt(argc, argv, "e:")) != -1)
	{
		if (option != 'e' || strlen(optarg) < MIN_PATTERN)
			n_patterns = argc;
		else
			patterns[n_patterns++] = optarg;
	}
	if (n_patterns == 0 || n_patterns == argc || optind == argc)
	{
		fprintf(stderr, "usage: disk_scan [-e PATTERN]... PATH...  (patterns of at least %d bytes)\n",
				MIN_PATTERN);
		return EXIT_TROUBLE;
	}
	for (int i = optind; i < argc; i++)
		scan_path(argv[i]);
	toast_finish();
	wal_finish();
	return lines != NULL ? EXIT_FOUND : EXIT_NONE;
}
