/* The text of specifications: words of a Tcl list, and numbers. */
#ifndef WEIR_WORDS_H
#define WEIR_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/err.h"

typedef struct WeirWords {
    size_t count;
    char **word; /* one block, with the text behind it */
} WeirWords;

/* Split a Tcl list: words bare, in braces or in double quotes; a backslash outside braces
 * makes \n, \t, \r, \v, \f and takes any other character as it is.  Free with
 * WeirWordsFree. */
int WeirWordsSplit(const char *text, WeirWords *out, WeirErr *err);
void WeirWordsFree(WeirWords *words);

/* Write one word so that splitting, here and in Tcl, gives it back. */
void WeirWordPrint(FILE *out, const char *word);

/* A decimal number of magnitude up to 1e100 and nothing else; "inf", "nan" and
 * hexadecimal are refused. */
bool WeirNumberParse(const char *text, double *value);
/* The shortest decimal that gives the number back. */
void WeirNumberPrint(FILE *out, double value);

#endif
