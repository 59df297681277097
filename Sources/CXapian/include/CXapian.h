#ifndef NEARCARE_CXAPIAN_H
#define NEARCARE_CXAPIAN_H
#ifdef __cplusplus
extern "C" {
#endif
const char *ncx_xapian_version(void);
#ifdef __cplusplus
}
#endif
#endif
