// The product of two matrices of 120 x 120, as slices of slices: nested loops and indexing.
package main

import "fmt"

func matrix(n, seed int) [][]int {
	m := make([][]int, n)
	for i := range m {
		m[i] = make([]int, n)
		for j := range m[i] {
			m[i][j] = (i*seed + j*7) % 10
		}
	}
	return m
}

func product(a, b [][]int) [][]int {
	n := len(a)
	c := make([][]int, n)
	for i := range c {
		c[i] = make([]int, n)
		for j := range c[i] {
			for k := 0; k < n; k++ {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return c
}

func main() {
	n := 120
	c := product(matrix(n, 3), matrix(n, 5))
	fmt.Println(c[0][0], c[17][93], c[n-1][n-1])
}
