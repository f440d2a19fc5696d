// The product of two matrices of 120 x 120: nested loops and indexing.
#include <stdio.h>
#include <stdlib.h>

enum { N = 120 };

static long **matrix(long seed) {
    long **m = malloc(N * sizeof *m);
    for (long i = 0; i < N; i++) {
        m[i] = malloc(N * sizeof *m[i]);
        for (long j = 0; j < N; j++) m[i][j] = (i * seed + j * 7) % 10;
    }
    return m;
}

static long **product(long **a, long **b) {
    long **c = malloc(N * sizeof *c);
    for (long i = 0; i < N; i++) {
        c[i] = malloc(N * sizeof *c[i]);
        for (long j = 0; j < N; j++) {
            long sum = 0;
            for (long k = 0; k < N; k++) sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    }
    return c;
}

int main(void) {
    long **c = product(matrix(3), matrix(5));
    printf("%ld %ld %ld\n", c[0][0], c[17][93], c[N - 1][N - 1]);
}
