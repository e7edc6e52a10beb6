/* Scores and judges recorded frames with the demo's model, and prints the bits: the same lines on every machine.
 *
 * demo.h is what `elbow export firmware-example/model/demo.elbow --c --out DIR` writes; frames.h holds the frames as an array
 * of bytes. Built and run by c/check.sh, on this machine and in QEMU. */
#include "elbow.h"

#include "demo.h"
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES (sizeof FRAME_BYTES / sizeof(float) / DEMO_FEATURES)

static uint64_t arena[1024];

static uint32_t bits(float x) {
    uint32_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

static void check(elbow_status status) {
    if (status != ELBOW_OK) {
        printf("%s\n", elbow_strerror(status));
        exit(1);
    }
}

int main(void) {
    elbow_model *model;
    elbow_info info;
    check(elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, sizeof arena, ELBOW_EXPLAIN | ELBOW_PUSH, &model));
    check(elbow_describe(model, &info));
    for (size_t i = 0; i < FRAMES; i++) {
        elbow_result score;
        elbow_verdict verdict, again;
        float frame[DEMO_FEATURES], surprises[DEMO_FEATURES], expected[DEMO_FEATURES], latent[8];
        const float *due = NULL;
        memcpy(frame, FRAME_BYTES + i * sizeof frame, sizeof frame);
        check(elbow_score(model, frame, DEMO_FEATURES, DEMO_SAMPLES, &score));
        check(elbow_judge(model, frame, DEMO_FEATURES, &verdict));
        check(elbow_explain(model, frame, DEMO_FEATURES, &again, surprises));
        /* the same frame, row by row */
        for (uint32_t row = 0; row < info.rows; row++) {
            check(elbow_push(model, frame + row * info.columns, info.columns, &due));
        }
        if (due == NULL || memcmp(due, frame, sizeof frame) != 0 || memcmp(&verdict, &again, sizeof verdict) != 0) {
            printf("frame %u comes back another way as another\n", (unsigned)i);
            return 1;
        }
        check(elbow_encode(model, frame, DEMO_FEATURES, latent, info.latents));
        check(elbow_reconstruct(model, frame, DEMO_FEATURES, expected));
        for (uint32_t i = 0; i < info.latents; i++) printf("%08lx ", (unsigned long)bits(latent[i]));
        for (uint32_t i = 0; i < DEMO_FEATURES; i++) printf("%08lx ", (unsigned long)bits(expected[i]));
        printf("%08lx %08lx %08lx %d\n", (unsigned long)bits(score.log_density),
               (unsigned long)bits(score.effective_sample_size), (unsigned long)bits(score.standard_error),
               (int)verdict.is_anomalous);
    }
    return 0;
}
