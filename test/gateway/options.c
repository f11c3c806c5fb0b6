/*
 * options.c
 *		Reads the command line.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

/* Prints how the program is called, and ends it. */
static void
usage(FILE *out, int status)
{
	fputs("gateway replays a log, one JSON entry a line, into ogw_logs.\n"
		  "\n"
		  "Usage: gateway [OPTION]... [FILE]      no FILE, or -: standard input\n"
		  "\n"
		  "  --method single|batch|copy  by insert_log, insert_logs or COPY (default: batch)\n"
		  "  --connections N           connections to send over (default: 1)\n"
		  "  --batch N                 entries a batch has at most (default: 1000)\n"
		  "  --rate R                  entries per second over all (default: no limit)\n"
		  "  --acks FILE               list there what the server has committed\n"
		  "  --retries N               tries to reconnect, a second apart (default: 60)\n"
		  "  --conninfo STR            where to connect to (default: PGHOST, PGPORT, ...)\n"
		  "  --quiet                   show no progress\n"
		  "  --help                    show this\n"
		  "\n"
		  "A batch also ends at 8 MB. The last line printed is\n"
		  "  received N stored N duplicate N rejected N\n"
		  "where duplicate includes what was stored by a try whose answer got lost.\n"
		  "A batch that has rejected entries adds none to the list of --acks, since its\n"
		  "answer does not say which.\n"
		  "Exit status is 0 if every line was answered, rejected or not; otherwise 1.\n",
		  out);
	exit(status);
}

/* Reads a number of at least min; ends the program if it is none. */
static double
read_number(const char *option, const char *text, double min, double max)
{
	char	   *end;
	double		number = strtod(text, &end);

	if (end == text || *end != '\0' || !(number >= min && number <= max))
	{
		complain("--%s has to be a number from %.0f to %.0f", option, min, max);
		exit(1);
	}
	return number;
}

/* Reads the name of a method; ends the program if it is none. */
static enum method
read_method(const char *name)
{
	static const char *const methods[] = {"single", "batch", "copy"};

	for (int i = METHOD_SINGLE; i <= METHOD_COPY; i++)
	{
		if (strcmp(name, methods[i]) == 0)
			return (enum method) i;
	}
	complain("--method has to be single, batch or copy");
	exit(1);
}

/* Reads the command line; ends the program if it is wrong. */
void
read_options(struct options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{"method", required_argument, NULL, 'm'},
		{"connections", required_argument, NULL, 'c'},
		{"batch", required_argument, NULL, 'b'},
		{"rate", required_argument, NULL, 'r'},
		{"acks", required_argument, NULL, 'a'},
		{"retries", required_argument, NULL, 't'},
		{"conninfo", required_argument, NULL, 'i'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{0}
	};
	int			option;

	*options = (struct options) {
		.method = METHOD_BATCH, .connections = 1, .batch = 1000, .retries = 60,
		.file = "-"
	};
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
	{
		if (option == 'm')
			options->method = read_method(optarg);
		else if (option == 'c')
			options->connections = (int) read_number("connections", optarg, 1,
													 1000);
		else if (option == 'b')
			options->batch = (int) read_number("batch", optarg, 1, 1e6);
		else if (option == 'r')
			options->rate = read_number("rate", optarg, 0, 1e9);
		else if (option == 'a')
			options->acks = optarg;
		else if (option == 't')
			options->retries = (int) read_number("retries", optarg, 0, 1e6);
		else if (option == 'i')
			options->conninfo = optarg;
		else if (option == 'q')
			options->quiet = true;
		else
			usage(option == 'h' ? stdout : stderr, option == 'h' ? 0 : 1);
	}
	if (optind < argc)
		options->file = argv[optind++];
	if (optind < argc)
		usage(stderr, 1);
}
