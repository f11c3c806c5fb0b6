/*
 * content_name.h
 *		Names under which gateways send what was said.
 */
#ifndef OGW_CONTENT_NAME_H
#define OGW_CONTENT_NAME_H

#include "core/slice.h"

extern bool is_content_name(Slice name);

#endif
