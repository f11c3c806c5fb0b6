/*
 * json_pause.c
 *		Being asked from time to time, while a long text is read, whether to go on.
 */
#include "core/json_pause.h"

#include <stddef.h>

static void (*ask) (void) = NULL;

/*
 * Sets what is called, NULL for nothing.  It need not come back: nothing is held while
 * a text is read.
 */
void
json_set_pause(void (*called) (void))
{
	ask = called;
}

/* Calls it. */
void
json_call_pause(void)
{
	if (ask != NULL)
		ask();
}
