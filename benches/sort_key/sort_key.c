// 300,000 pairs, sorted by a key function.
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    long place, seed;
} Pair;

static long key(const Pair *pair) { return pair->seed / 8; }

static int compare(const void *a, const void *b) {
    const Pair *x = a, *y = b;
    if (key(x) != key(y)) return key(x) < key(y) ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

int main(void) {
    enum { N = 300000 };
    Pair *pairs = malloc(N * sizeof *pairs);
    long seed = 42;
    for (long i = 0; i < N; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        pairs[i] = (Pair){i, seed};
    }
    qsort(pairs, N, sizeof *pairs, compare);
    printf("%ld %ld %ld\n", pairs[0].place, pairs[150000].place, pairs[N - 1].place);
}
