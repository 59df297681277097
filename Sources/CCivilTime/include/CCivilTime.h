#ifndef NEARCARE_CCIVILTIME_H
#define NEARCARE_CCIVILTIME_H
#ifdef __cplusplus
extern "C" {
#endif
int ncc_placeholder(void);
#ifdef __cplusplus
}
#endif
#endif
