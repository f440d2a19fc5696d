// 300,000 pairs, sorted by a key function.
package main

import (
	"fmt"
	"sort"
)

func main() {
	seed := 42
	pairs := make([][2]int, 0)
	for i := 0; i < 300_000; i++ {
		seed = (seed*1103515245 + 12345) % 2147483648
		pairs = append(pairs, [2]int{i, seed})
	}
	key := func(pair [2]int) int { return pair[1] / 8 }
	sort.SliceStable(pairs, func(i, j int) bool { return key(pairs[i]) < key(pairs[j]) })
	fmt.Println(pairs[0][0], pairs[150_000][0], pairs[299_999][0])
}
