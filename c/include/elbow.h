/* Elbow: how likely is a frame of sensor data? Scores and alarms of models that `elbow fit` writes.
 *
 * C99 and C++17. Nothing is allocated: a model lives in an arena of the caller's, and its weights stay in the file.
 * The same file, frame and number of samples give the same bits on every machine.
 *
 *     static uint64_t arena[1024];  // elbow_arena_size says how many bytes a file needs
 *     elbow_model *model;
 *     elbow_verdict verdict;
 *     elbow_status status = elbow_open(file, file_len, arena, sizeof arena, 0, &model);
 *     if (status == ELBOW_OK) status = elbow_judge(model, frame, 80, &verdict);
 *     if (status != ELBOW_OK) puts(elbow_strerror(status));
 *
 * Of bytes from outside nothing is believed: whatever a file or a frame holds gives a status. Of pointers one thing is:
 * that what is not null points to as many numbers as the call says. A model is used by one thread at a time, and the
 * file and the arena stay where they are, and are left alone, as long as it is used; there is nothing to close.
 */
#ifndef ELBOW_H
#define ELBOW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function says: 0, or why nothing was done. Numbers keep their meaning; there may be more one day. */
typedef int32_t elbow_status;
enum {
    ELBOW_OK = 0,
    ELBOW_NULL = 1,              /* a pointer is null, or of a result misaligned */
    ELBOW_ARENA_MISALIGNED = 2,  /* the arena begins at no multiple of 8 */
    ELBOW_ARENA_TOO_SHORT = 3,   /* it has fewer bytes than elbow_arena_size says */
    ELBOW_NOT_A_MODEL = 4,       /* the first bytes are no model's */
    ELBOW_OTHER_VERSION = 5,     /* of another version of the format or of the arithmetic */
    ELBOW_WRONG_LENGTH = 6,      /* the file is cut off, or something stands behind it */
    ELBOW_DAMAGED = 7,           /* the checksum is wrong */
    ELBOW_MISALIGNED = 8,        /* the file's numbers lie at no multiple of 4: begin it at one of 16 */
    ELBOW_MALFORMED = 9,         /* the parts of the model contradict each other */
    ELBOW_ENSEMBLE = 10,         /* the file holds several models */
    ELBOW_NOT_CALIBRATED = 11,   /* it has no threshold: run elbow calibrate */
    ELBOW_BAD_CALIBRATION = 12,  /* its threshold is not of this model, or takes more than 4096 samples */
    ELBOW_WRONG_FRAME = 13,      /* another number of numbers than the model takes, or a misaligned array */
    ELBOW_NON_FINITE = 14,       /* a number is NaN or infinite */
    ELBOW_OUT_OF_SUPPORT = 15,   /* a number is none that the model knows, such as 1.5 of a count */
    ELBOW_NO_SAMPLES = 16,       /* no sample was asked for */
    ELBOW_OVERFLOW = 17,         /* the network overflowed on this frame */
    ELBOW_NOT_ASKED = 18,        /* the use was not named when the arena was made */
    ELBOW_OVERLAP = 19,          /* what is read lies where something is written */
    ELBOW_UNSIGNED = 20,         /* no signature stands behind the file, or it is cut off */
    ELBOW_OTHER_KEY = 21,        /* the file is signed by another key */
    ELBOW_ALTERED = 22,          /* file or signature were changed */
    ELBOW_TOO_OLD = 23,          /* the file is sound, and below the lowest version that is taken */
    ELBOW_BAD_KEY = 24,          /* the key is none */
    ELBOW_NO_LATENT = 25         /* the model is a mixture */
};

/* What the arena has room for beside scores and verdicts: bits to be added up. */
enum {
    ELBOW_EXPLAIN = 1,  /* elbow_explain: four numbers for each of a frame */
    ELBOW_PUSH = 2      /* elbow_push: two numbers for each of a frame */
};

/* A model in its arena. */
typedef struct elbow_model elbow_model;

/* What a model takes. */
typedef struct elbow_info {
    uint32_t dims;      /* numbers in a frame: rows * columns, oldest row first */
    uint32_t rows;      /* rows of a frame */
    uint32_t columns;   /* numbers in a row */
    uint32_t hop;       /* rows from one frame to the next */
    uint32_t samples;   /* samples of a verdict at most; 0 where there is no threshold */
    float false_alarm;  /* bound of the rate of false alarms */
    uint32_t latents;   /* coordinates of the latent; 0 of a mixture, which has none */
} elbow_info;

/* How likely a frame is. */
typedef struct elbow_result {
    float log_density;            /* log p(frame), in nats: the higher the more typical */
    float effective_sample_size;  /* how many samples carry it */
    float standard_error;         /* in nats; infinite of one sample, 0 of a mixture */
    uint32_t samples;             /* drawn */
} elbow_result;

/* Whether a frame is as likely as normal frames are. */
typedef struct elbow_verdict {
    int32_t is_anomalous;  /* 1 for an alarm */
    float p_value;         /* how often a normal frame is as unlikely; of an early verdict a bound on its side */
    elbow_result score;    /* by the samples that the verdict took */
} elbow_verdict;

/* Verifies a file that `elbow sign` wrote, before anything of it is read but its length: `memory` begins with it, and may
 * be a region of flash that is larger. `key` is the array of 32 bytes that `elbow keygen` wrote, `oldest` the lowest
 * version to take. `file_len` is then what elbow_arena_size and elbow_open take as the length, `version` what the device
 * has to keep, so as to take no older one. On a Cortex-M4F it takes 5.0 kB of stack. It is in archives that were built
 * with the feature `signature`, which adds some 25 kB to a program: ELBOW_FEATURES=signature ./cross.sh archive TARGET. */
elbow_status elbow_verify(const void *memory, size_t len, const uint8_t *key, uint32_t oldest, size_t *file_len,
                          uint32_t *version);

/* Bytes of an arena for the model of a file. */
elbow_status elbow_arena_size(const void *file, size_t len, uint32_t uses, size_t *bytes);

/* Verifies a file and opens its model in an arena, which begins at a multiple of 8; the file at one of 16. They share
 * no memory. On a Cortex-M4F it takes 6.5 kB of stack, elbow_arena_size 2.3 kB, all else 1.2 kB at most. */
elbow_status elbow_open(const void *file, size_t len, void *arena, size_t arena_len, uint32_t uses,
                        elbow_model **model);

/* What a model takes. */
elbow_status elbow_describe(elbow_model *model, elbow_info *info);

/* Scores a frame by so many samples: 16 to 64 are usual, 1 is quick. Here and below a frame is an array of the caller's,
 * or what elbow_push gave: what else lies in the arena is refused. */
elbow_status elbow_score(elbow_model *model, const float *frame, size_t len, uint32_t samples,
                         elbow_result *score);

/* Judges a frame by the model's threshold, by as few samples as that takes. */
elbow_status elbow_judge(elbow_model *model, const float *frame, size_t len, elbow_verdict *verdict);

/* As elbow_judge; `surprises` takes for each number of the frame -log p(number | the others), in nats. It is an array
 * of its own, and not the frame. */
elbow_status elbow_explain(elbow_model *model, const float *frame, size_t len, elbow_verdict *verdict,
                           float *surprises);

/* The most likely latent of a frame, into an array of `latents` numbers, which is not in the frame. */
elbow_status elbow_encode(elbow_model *model, const float *frame, size_t len, float *latent, size_t latent_len);

/* What a normal frame near this one looks like, in the units of the frame, into another array of `len` numbers. */
elbow_status elbow_reconstruct(elbow_model *model, const float *frame, size_t len, float *expected);

/* Takes the next row of a stream, from an array of the caller's. `frame` is then the frame that is due, of `dims`
 * numbers, until the next row is pushed; or null. */
elbow_status elbow_push(elbow_model *model, const float *row, size_t len, const float **frame);

/* Forgets all rows: after a gap, a frame must not join what was before it to what comes after. */
elbow_status elbow_reset(elbow_model *model);

/* A status in words, with its remedy. */
const char *elbow_strerror(elbow_status status);

#ifdef __cplusplus
}
#endif

#endif
