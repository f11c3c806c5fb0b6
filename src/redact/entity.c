/*
 * entity.c
 *		The named entities of HTML that are read: those of ASCII, and HTML 4's of
 *		Latin-1.
 */
#include "redact/entity.h"

#include <string.h>

/* Those of ASCII, the usual ones first. */
static const struct
{
	const char *name;
	char		c;
}			ascii[] = {
	{"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"apos", '\''},
	{"sol", '/'}, {"plus", '+'}, {"equals", '='}, {"bsol", '\\'}, {"lowbar", '_'},
	{"UnderBar", '_'}, {"colon", ':'}, {"semi", ';'}, {"comma", ','}, {"period", '.'},
	{"excl", '!'}, {"num", '#'}, {"dollar", '$'}, {"percnt", '%'}, {"lpar", '('},
	{"rpar", ')'}, {"ast", '*'}, {"midast", '*'}, {"quest", '?'}, {"commat", '@'},
	{"lsqb", '['}, {"lbrack", '['}, {"rsqb", ']'}, {"rbrack", ']'}, {"Hat", '^'},
	{"grave", '`'}, {"lcub", '{'}, {"lbrace", '{'}, {"rcub", '}'}, {"rbrace", '}'},
	{"verbar", '|'}, {"vert", '|'}, {"VerticalLine", '|'}, {"DiacriticalGrave", '`'}, {"Tab", '\t'}, {"NewLine", '\n'},
	{"QUOT", '"'}, {"AMP", '&'}, {"LT", '<'}, {"GT", '>'},
};

/* Those of U+00A0 to U+00FF, in order. */
#define FIRST_LATIN 0xA0
static const char *const latin[] = {
	"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect",
	"uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr",
	"deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
	"cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
	"Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil",
	"Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml",
	"ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
	"Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig",
	"agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
	"egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
	"eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide",
	"oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
};

/* Returns the code point of a name of at most ENTITY_MAX_NAME bytes, 0 for none. */
uint32_t
entity_of_name(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(ascii) / sizeof(ascii[0]); i++)
		if (ascii[i].name[0] == name[0] && strlen(ascii[i].name) == len &&
			memcmp(ascii[i].name, name, len) == 0)
			return (unsigned char) ascii[i].c;
	for (size_t i = 0; i < sizeof(latin) / sizeof(latin[0]); i++)
		if (latin[i][0] == name[0] && strlen(latin[i]) == len &&
			memcmp(latin[i], name, len) == 0)
			return FIRST_LATIN + (uint32_t) i;
	return 0;
}
