#include "config.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dist/words.h"

static const char spaces[] = " \t\r\n\v\f";

static bool IsSpace(char c)
{
    return c && strchr(spaces, c);
}

/* The character that a backslash and `c` stand for, and back: Tcl's names of the spaces.
 */
static const char escapes[] = "n\nt\tr\rv\vf\f";

static char Unescape(char c)
{
    const char *pair = escapes;
    while (*pair && *pair != c)
        pair += 2;
    return *pair ? pair[1] : c;
}

static char Escape(char c)
{
    const char *pair = escapes;
    while (*pair && pair[1] != c)
        pair += 2;
    return *pair ? *pair : c;
}

/* The three kinds of words: copy from *in to *out without the quoting. */
static bool TakeBraced(const char **in, char **out)
{
    int depth = 1;
    for ((*in)++; **in; (*in)++) {
        if (**in == '{')
            depth++;
        else if (**in == '}' && --depth == 0)
            return (*in)++, true;
        else if (**in == '\\' && (*in)[1])
            *(*out)++ = *(*in)++;
        *(*out)++ = **in;
    }
    return false;
}

static void TakeCharacter(const char **in, char **out)
{
    if (**in == '\\' && (*in)[1])
        *(*out)++ = Unescape(*++*in);
    else
        *(*out)++ = **in;
}

static bool TakeQuoted(const char **in, char **out)
{
    for ((*in)++; **in; (*in)++) {
        if (**in == '"')
            return (*in)++, true;
        TakeCharacter(in, out);
    }
    return false;
}

static bool TakeBare(const char **in, char **out)
{
    for (; **in && !IsSpace(**in); (*in)++)
        TakeCharacter(in, out);
    return true;
}

static int SplitInto(const char *text, WeirWords *words, char *out, WeirErr *err)
{
    const char *in = text + strspn(text, spaces);
    while (*in) {
        bool closed;
        char first = *in;
        words->word[words->count++] = out;
        if (first == '{')
            closed = TakeBraced(&in, &out);
        else if (first == '"')
            closed = TakeQuoted(&in, &out);
        else
            closed = TakeBare(&in, &out);
        *out++ = '\0';
        if (!closed || (*in && !IsSpace(*in)))
            return WeirFail(err, WEIR_E_ARG, "\"%.60s\" is not a list: %s", text,
                            closed ? "a brace or quote is followed by more than a space"
                            : first == '{' ? "a brace is not closed"
                                           : "a quote is not closed");
        in += strspn(in, spaces);
    }
    return WEIR_OK;
}

int WeirWordsSplit(const char *text, WeirWords *out, WeirErr *err)
{
    /* Every word but the last has a space after it, which leaves room for its NUL. */
    size_t len = strlen(text), most = len / 2 + 1;
    int rc;
    out->count = 0;
    out->word = malloc(most * sizeof *out->word + len + 1);
    if (!out->word)
        return WeirFail(err, WEIR_E_MEMORY, "no memory for a list of %zu characters",
                        len);
    rc = SplitInto(text, out, (char *)(out->word + most), err);
    if (rc < 0)
        WeirWordsFree(out);
    return rc;
}

void WeirWordsFree(WeirWords *words)
{
    free(words->word);
    words->word = NULL;
    words->count = 0;
}

void WeirWordPrint(FILE *out, const char *word)
{
    if (*word == '\0') {
        fputs("{}", out);
        return;
    }
    for (; *word; word++) {
        if (IsSpace(*word) || strchr("{}[]\"\\$;#", *word))
            fputc('\\', out);
        fputc(Escape(*word), out);
    }
}

bool WeirNumberParse(const char *text, double *value)
{
    const char *digits = text + (*text == '-' || *text == '+');
    char *end;
    if (!isdigit((unsigned char)*digits) && *digits != '.')
        return false;
    if (digits[0] == '0' && tolower((unsigned char)digits[1]) == 'x')
        return false;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && fabs(*value) <= 1e100;
}

void WeirNumberPrint(FILE *out, double value)
{
    char buf[40];
    int digits;
    for (digits = 15; digits <= 17; digits++) {
        snprintf(buf, sizeof buf, "%.*g", digits, value);
        if (strtod(buf, NULL) == value)
            break;
    }
    fputs(buf, out);
}
