/* What weirsh and weirwish, made of the same files, differ in. */
#ifndef WEIR_PROGRAM_H
#define WEIR_PROGRAM_H

#ifdef WEIR_WISH
#define WEIR_PROGRAM   "weirwish"
#define WEIR_LOAD_MORE "; ::weir::LoadTk {use weirsh}"
#else
#define WEIR_PROGRAM   "weirsh"
#define WEIR_LOAD_MORE ""
#endif

#endif
