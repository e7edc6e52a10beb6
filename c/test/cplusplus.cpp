// The headers as C++17 reads them.
#include "elbow.h"

#include "demo.h"

#include <cstddef>

static_assert(sizeof(elbow_result) == 16 && sizeof(elbow_verdict) == 24 && sizeof(elbow_info) == 28);

int main() {
    std::size_t size = 0;
    static_cast<void>(DEMO_COLUMN_NAMES);
    return elbow_arena_size(DEMO_MODEL, sizeof DEMO_MODEL, 0, &size) != ELBOW_OK || size == 0;
}
