/* What C programs get wrong: each is a status, and under AddressSanitizer nothing is read or written that is not theirs. */
#include "elbow.h"

#include "demo.h"
#include "fleet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect(const char *what, elbow_status found, elbow_status expected) {
    if (found != expected) {
        printf("%s: %d (%s), expected %d\n", what, (int)found, elbow_strerror(found), (int)expected);
        failures++;
    }
}

/* The file, in memory of exactly so many bytes at a multiple of 16. */
static unsigned char *copy(size_t len, size_t at) {
    unsigned char *memory = aligned_alloc(16, (at + len + 15) / 16 * 16);
    memcpy(memory + at, DEMO_MODEL, len);
    return memory;
}

static void files(void) {
    size_t size;
    for (size_t len = 0; len < sizeof DEMO_MODEL; len += len < 200 ? 1 : 997) {
        unsigned char *file = copy(len, 0);
        expect("a file that is cut off", elbow_arena_size(file, len, 0, &size), ELBOW_WRONG_LENGTH);
        free(file);
    }
    for (size_t at = 1; at < 16; at++) {
        unsigned char *file = copy(sizeof DEMO_MODEL, at);
        elbow_model *model;
        expect("a size", elbow_arena_size(file + at, sizeof DEMO_MODEL, 0, &size), ELBOW_OK);
        unsigned char *arena = malloc(size);
        elbow_status status = elbow_open(file + at, sizeof DEMO_MODEL, arena, size, 0, &model);
        expect("a file at no multiple of 4", status, at % 4 ? ELBOW_MISALIGNED : ELBOW_OK);
        free(arena);
        free(file);
    }
    for (size_t at = 0; at < sizeof DEMO_MODEL; at += 41) {
        unsigned char *file = copy(sizeof DEMO_MODEL, 0);
        file[at] ^= 0x20;
        if (elbow_arena_size(file, sizeof DEMO_MODEL, 0, &size) == ELBOW_OK) expect("a byte that was changed", 0, ELBOW_DAMAGED);
        free(file);
    }
}

static void arenas(uint32_t uses) {
    size_t size = 0;
    elbow_model *model;
    elbow_verdict verdict;
    float frame[DEMO_FEATURES] = {0}, surprises[DEMO_FEATURES];
    const float *due;
    expect("size", elbow_arena_size(DEMO_MODEL, sizeof DEMO_MODEL, uses, &size), ELBOW_OK);
    unsigned char *arena = malloc(size);
    expect("an arena a byte short", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, size - 1, uses, &model), ELBOW_ARENA_TOO_SHORT);
    expect("no arena", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, NULL, size, uses, &model), ELBOW_NULL);
    expect("nowhere to put it", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, size, uses, NULL), ELBOW_NULL);
    expect("a misaligned arena", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena + 1, size, uses, &model), ELBOW_ARENA_MISALIGNED);
    memset(arena, 0xFF, size);
    expect("open", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, size, uses, &model), ELBOW_OK);
    expect("judge", elbow_judge(model, frame, DEMO_FEATURES, &verdict), ELBOW_OK);
    expect("explain", elbow_explain(model, frame, DEMO_FEATURES, &verdict, surprises),
           uses & ELBOW_EXPLAIN ? ELBOW_OK : ELBOW_NOT_ASKED);
    expect("push", elbow_push(model, frame, DEMO_COLUMNS, &due), uses & ELBOW_PUSH ? ELBOW_OK : ELBOW_NOT_ASKED);
    expect("reset", elbow_reset(model), uses & ELBOW_PUSH ? ELBOW_OK : ELBOW_NOT_ASKED);
    free(arena);
}

/* What is read is not written on the way. */
static void overlaps(void) {
    static uint64_t arena[EXAMPLE_WORDS];
    size_t size;
    elbow_model *model, **within;
    elbow_verdict verdict;
    float frame[DEMO_FEATURES + 1] = {0};
    const float *due = NULL, *next;
    uint32_t uses = ELBOW_EXPLAIN | ELBOW_PUSH;
    expect("size", elbow_arena_size(DEMO_MODEL, sizeof DEMO_MODEL, uses, &size), ELBOW_OK);
    unsigned char *both = aligned_alloc(16, (sizeof DEMO_MODEL + size + 31) / 16 * 16);
    size_t behind = (sizeof DEMO_MODEL + 15) / 16 * 16;
    memcpy(both, DEMO_MODEL, sizeof DEMO_MODEL);
    for (size_t at = 0; at <= behind; at += 16) {
        expect("an arena within the file", elbow_open(both, sizeof DEMO_MODEL, both + at, size, uses, &model),
               at < sizeof DEMO_MODEL ? ELBOW_OVERLAP : ELBOW_OK);
    }
    within = (elbow_model **)(void *)(both + behind + 64);
    expect("a model within the arena", elbow_open(both, sizeof DEMO_MODEL, both + behind, size, uses, within), ELBOW_OVERLAP);
    free(both);
    expect("open", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, sizeof arena, uses, &model), ELBOW_OK);
    for (size_t at = 0; at < 2; at++) {
        expect("surprises over the frame", elbow_explain(model, frame, DEMO_FEATURES, &verdict, frame + at), ELBOW_OVERLAP);
        expect("a frame over its surprises", elbow_explain(model, frame + at, DEMO_FEATURES, &verdict, frame), ELBOW_OVERLAP);
    }
    while (due == NULL) expect("push", elbow_push(model, frame, DEMO_COLUMNS, &due), ELBOW_OK);
    expect("a row of the window", elbow_push(model, due, DEMO_COLUMNS, &next), ELBOW_OVERLAP);
    expect("surprises over the window", elbow_explain(model, frame, DEMO_FEATURES, &verdict, (float *)due), ELBOW_OVERLAP);
    expect("judge", elbow_judge(model, due, DEMO_FEATURES, &verdict), ELBOW_OK);
    /* the window's rows, two numbers for each of a frame, end the arena; before them is what is written on the way */
    const float *numbers = (const float *)(const void *)arena;
    size_t last = size / sizeof *numbers - DEMO_FEATURES;
    float latent[4], means[DEMO_FEATURES];
    elbow_result score;
    for (size_t at = 0; at <= last; at++) {
        elbow_status expected = at + DEMO_FEATURES < last ? ELBOW_OVERLAP : ELBOW_OK;
        const float *inside = numbers + at;
        expect("a frame in the arena, scored", elbow_score(model, inside, DEMO_FEATURES, 4, &score), expected);
        expect("a frame in the arena, judged", elbow_judge(model, inside, DEMO_FEATURES, &verdict), expected);
        expect("a frame in the arena, explained", elbow_explain(model, inside, DEMO_FEATURES, &verdict, means), expected);
        expect("a frame in the arena, encoded", elbow_encode(model, inside, DEMO_FEATURES, latent, 4), expected);
        expect("a frame in the arena, rebuilt", elbow_reconstruct(model, inside, DEMO_FEATURES, means), expected);
    }
}

static void calls(void) {
    static uint64_t arena[EXAMPLE_WORDS];
    elbow_model *model;
    elbow_info info;
    elbow_result score;
    elbow_verdict verdict;
    float frame[DEMO_FEATURES + 1] = {0}, surprises[DEMO_FEATURES];
    const float *due = frame;
    uint32_t uses = ELBOW_EXPLAIN | ELBOW_PUSH;
    expect("open", elbow_open(DEMO_MODEL, sizeof DEMO_MODEL, arena, sizeof arena, uses, &model), ELBOW_OK);
    expect("describe", elbow_describe(model, &info), ELBOW_OK);
    if (info.dims != DEMO_FEATURES || info.columns != DEMO_COLUMNS || info.samples != DEMO_SAMPLES || info.hop != 4) {
        printf("the model takes %u numbers\n", (unsigned)info.dims);
        failures++;
    }
    expect("no model", elbow_score(NULL, frame, DEMO_FEATURES, 4, &score), ELBOW_NULL);
    expect("no frame", elbow_score(model, NULL, DEMO_FEATURES, 4, &score), ELBOW_NULL);
    expect("nowhere to put it", elbow_score(model, frame, DEMO_FEATURES, 4, NULL), ELBOW_NULL);
    expect("no verdict", elbow_judge(model, frame, DEMO_FEATURES, NULL), ELBOW_NULL);
    expect("no surprises", elbow_explain(model, frame, DEMO_FEATURES, &verdict, NULL), ELBOW_NULL);
    if (info.latents != 4) failures++;
    expect("encode", elbow_encode(model, frame, DEMO_FEATURES, surprises, 4), ELBOW_OK);
    expect("a short latent", elbow_encode(model, frame, DEMO_FEATURES, surprises, 3), ELBOW_WRONG_FRAME);
    expect("no latent", elbow_encode(model, frame, DEMO_FEATURES, NULL, 4), ELBOW_NULL);
    expect("a latent in the frame", elbow_encode(model, frame, DEMO_FEATURES, frame + 8, 4), ELBOW_OVERLAP);
    expect("a latent in the arena", elbow_encode(model, frame, DEMO_FEATURES, (float *)arena, 4), ELBOW_OVERLAP);
    expect("reconstruct", elbow_reconstruct(model, frame, DEMO_FEATURES, surprises), ELBOW_OK);
    expect("over the frame", elbow_reconstruct(model, frame, DEMO_FEATURES, frame + 1), ELBOW_OVERLAP);
    expect("a short frame", elbow_reconstruct(model, frame, DEMO_FEATURES - 1, surprises), ELBOW_WRONG_FRAME);
    expect("no due", elbow_push(model, frame, DEMO_COLUMNS, NULL), ELBOW_NULL);
    expect("a long frame", elbow_score(model, frame, DEMO_FEATURES + 1, 4, &score), ELBOW_WRONG_FRAME);
    expect("no numbers", elbow_score(model, frame, 0, 4, &score), ELBOW_WRONG_FRAME);
    expect("all memory", elbow_score(model, frame, SIZE_MAX, 4, &score), ELBOW_WRONG_FRAME);
    expect("a long row", elbow_push(model, frame, DEMO_COLUMNS + 1, &due), ELBOW_WRONG_FRAME);
    expect("between numbers", elbow_score(model, (const float *)(const void *)((const char *)frame + 1), DEMO_FEATURES, 4, &score), ELBOW_WRONG_FRAME);
    expect("long surprises", elbow_explain(model, frame, DEMO_FEATURES + 1, &verdict, surprises), ELBOW_WRONG_FRAME);
    expect("no samples", elbow_score(model, frame, DEMO_FEATURES, 0, &score), ELBOW_NO_SAMPLES);
    frame[7] = NAN;
    expect("NaN", elbow_judge(model, frame, DEMO_FEATURES, &verdict), ELBOW_NON_FINITE);
    for (int number = -3; number < 64; number++) {
        if (strlen(elbow_strerror(number)) < 8) failures++;
    }
}

/* A file that `elbow sign` wrote as version 3, and what became of it. */
static void signatures(const char *path) {
    static unsigned char sound[sizeof DEMO_MODEL + 108], key[32];
    size_t len, all = sizeof sound;
    uint32_t version;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(sound, 1, all, file) != all || fgetc(file) != EOF) {
        printf("%s: not the signed model\n", path);
        exit(1);
    }
    fclose(file);
    expect("signed", elbow_verify(sound, all, FLEET_KEY, 3, &len, &version), ELBOW_OK);
    if (len != sizeof DEMO_MODEL || version != 3 || memcmp(sound, DEMO_MODEL, len) != 0) failures++;
    expect("too old", elbow_verify(sound, all, FLEET_KEY, 4, &len, &version), ELBOW_TOO_OLD);
    expect("another key", elbow_verify(sound, all, key, 3, &len, &version), ELBOW_OTHER_KEY);
    expect("no key", elbow_verify(sound, all, NULL, 3, &len, &version), ELBOW_NULL);
    expect("no file", elbow_verify(NULL, all, FLEET_KEY, 3, &len, &version), ELBOW_NULL);
    expect("no length", elbow_verify(sound, all, FLEET_KEY, 3, NULL, &version), ELBOW_NULL);
    expect("no version", elbow_verify(sound, all, FLEET_KEY, 3, &len, NULL), ELBOW_NULL);
    expect("not signed", elbow_verify(DEMO_MODEL, sizeof DEMO_MODEL, FLEET_KEY, 3, &len, &version), ELBOW_UNSIGNED);
    for (size_t cut = 0; cut < all; cut += cut + 200 < all ? 997 : 1) {
        unsigned char *part = malloc(cut + 1);
        memcpy(part, sound, cut);
        expect("cut off", elbow_verify(part, cut, FLEET_KEY, 3, &len, &version), ELBOW_UNSIGNED);
        free(part);
    }
    for (size_t at = 0; at < all; at += 599) {
        sound[at] ^= 0x20;
        if (elbow_verify(sound, all, FLEET_KEY, 3, &len, &version) == ELBOW_OK) expect("a byte that was changed", 0, ELBOW_ALTERED);
        sound[at] ^= 0x20;
    }
}

int main(int count, char **arguments) {
    files();
    if (count > 1) signatures(arguments[1]);
    for (uint32_t uses = 0; uses < 4; uses++) arenas(uses);
    overlaps();
    calls();
    printf("%d failures\n", failures);
    return failures != 0;
}
