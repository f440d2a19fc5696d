// How often each word occurs: a map with strings as keys.
package main

import "fmt"

func main() {
	words := []string{}
	seed := 7
	for i := 0; i < 500_000; i++ {
		seed = (seed*1103515245 + 12345) % 2147483648
		words = append(words, fmt.Sprintf("w%d", seed/65536%5000))
	}
	counts := map[string]int{}
	for _, word := range words {
		counts[word]++
	}
	most := 0
	for _, n := range counts {
		if n > most {
			most = n
		}
	}
	fmt.Println(len(counts), most, counts["w17"])
}
