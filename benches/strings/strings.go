// Lines are built from pieces, joined to one text, and taken apart again.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	lines := []string{}
	for i := 0; i < 200_000; i++ {
		lines = append(lines, fmt.Sprintf("%d;name %d;%d", i, i%100, i*3))
	}
	text := strings.Join(lines, "\n")
	total := 0
	for _, line := range strings.Split(text, "\n") {
		parts := strings.Split(line, ";")
		number, _ := strconv.Atoi(parts[0])
		total += number + len(parts[1])
		if strings.HasSuffix(parts[2], "7") {
			total++
		}
	}
	fmt.Println(len(text), total)
}
