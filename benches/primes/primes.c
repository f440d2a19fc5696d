// The lecture's six numbers, one after the other: loops and integer arithmetic.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static bool is_prime(long n) {
    if (n % 2 == 0) return false;
    long last = (long)sqrt((double)n);
    for (long i = 3; i <= last; i += 2)
        if (n % i == 0) return false;
    return true;
}

int main(void) {
    long numbers[] = {112272535095293, 112582705942171, 112272535095293,
                      115280095190773, 115797848077099, 1099726899285419};
    for (int i = 0; i < 6; i++)
        printf("%ld %s\n", numbers[i], is_prime(numbers[i]) ? "true" : "false");
}
