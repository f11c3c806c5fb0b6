/*
 * role_link.h
 *		The type of a column that names a role, and goes where the role goes.
 */
#ifndef OGW_ROLE_LINK_H
#define OGW_ROLE_LINK_H

#include "postgres.h"

extern Oid	role_link_type(void);

#endif
