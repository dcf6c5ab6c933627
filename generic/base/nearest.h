/* Words that were mistyped: the one error for a word that is none of a list, by every
 * command, proposes the one that was probably meant. */
#ifndef WEIR_NEAREST_H
#define WEIR_NEAREST_H
#include <stddef.h>
#include "base/err.h"

/* Word `i` of a list that ends with NULL; every word starts a structure of `stride`
 * bytes. */
const char *WeirNearestWord(const void *words, size_t stride, int i);

/* WEIR_E_ARG: `text` is no `what` ("option") of the list: the nearest word or, where none
 * is near, all of them. */
int WeirNearestFail(WeirErr *err, const char *text, const void *words, size_t stride,
                    const char *what);

#endif
