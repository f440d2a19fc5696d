# The product of two matrices of 120 x 120, as lists of lists: nested loops and indexing.


def matrix(n, seed):
    return [[(i * seed + j * 7) % 10 for j in range(n)] for i in range(n)]


def product(a, b):
    n = len(a)
    c = []
    for i in range(n):
        row = []
        for j in range(n):
            total = 0
            for k in range(n):
                total += a[i][k] * b[k][j]
            row.append(total)
        c.append(row)
    return c


n = 120
c = product(matrix(n, 3), matrix(n, 5))
print(c[0][0], c[17][93], c[n - 1][n - 1])
