#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"

/* A longer list of words is cut. */
#define LIST 220

const char *WeirNearestWord(const void *words, size_t stride, int i)
{
    return *(const char *const *)((const char *)words + stride * (size_t)i);
}

/* Insertions, deletions, changes and swaps of neighbours that make `b` of `a`; words of
 * more than WORD bytes are far from everything. */
#define WORD 40
static int Distance(const char *a, const char *b)
{
    int d[WORD + 2][WORD + 2], i, j, n = (int)strlen(a), m = (int)strlen(b);
    if (n > WORD || m > WORD)
        return n > m ? n : m;
    for (i = 0; i <= n; i++) {
        for (j = 0; j <= m; j++) {
            int change, best;
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] < d[i][j - 1] ? d[i - 1][j] + 1 : d[i][j - 1] + 1;
            d[i][j] = change < best ? change : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[n][m];
}

static size_t CommonStart(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

/* The word that was probably meant: the one that `text` begins, or up to a third of it
 * wrong, or the one that begins with two thirds of it; NULL: none, or it begins several.
 */
static const char *Nearest(const char *text, const void *words, size_t stride)
{
    const char *word, *best = NULL, *akin = NULL, *begun = NULL;
    size_t length = strlen(text), most = 2 * length / 3;
    int i, bestDistance = (int)(length + 1) / 3 + 1;
    for (i = 0; (word = WeirNearestWord(words, stride, i)); i++) {
        int distance = Distance(text, word);
        if (length > 0 && strncmp(word, text, length) == 0) {
            if (begun)
                return NULL;
            begun = word;
        }
        if (distance < bestDistance) {
            bestDistance = distance;
            best = word;
        }
        if (CommonStart(text, word) > most) {
            most = CommonStart(text, word);
            akin = word;
        }
    }
    return begun ? begun : best ? best : akin;
}

int WeirNearestFail(WeirErr *err, const char *text, const void *words, size_t stride,
                    const char *what)
{
    const char *word, *near = Nearest(text, words, stride);
    char list[LIST + 60] = "", tail[24] = "";
    size_t used = 0;
    int i, begun = 0, more = 0;
    if (near)
        return WeirFail(err, WEIR_E_ARG, "unknown %s \"%.60s\": did you mean %s?", what,
                        text, near);
    for (i = 0; (word = WeirNearestWord(words, stride, i)); i++) {
        begun |= *text && strncmp(word, text, strlen(text)) == 0;
        if (used > LIST) {
            more++;
            continue;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.50s",
                                 i == 0                                  ? ""
                                 : WeirNearestWord(words, stride, i + 1) ? ", "
                                                                         : " or ",
                                 word);
    }
    if (more > 0)
        snprintf(tail, sizeof tail, " (%d more)", more);
    return WeirFail(err, WEIR_E_ARG, "%s %s \"%.60s\": use %s%s",
                    begun ? "ambiguous" : "unknown", what, text, list, tail);
}
