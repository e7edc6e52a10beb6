// The header as C++17 reads it.
#include "elbow.h"

static_assert(sizeof(elbow_result) == 16 && sizeof(elbow_verdict) == 24 && sizeof(elbow_info) == 24);

int main() { return elbow_strerror(ELBOW_OK) == nullptr; }
