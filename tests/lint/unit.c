/* Compiled with each header in front of it: a header must need nothing before it. */
extern int unit;
