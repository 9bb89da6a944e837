// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command skips reads what `go test -json` prints, shows it as `go test` would, and fails where the tests prove less than
// they seem to: when a test was skipped that is not on the list, when no test ran at all, and when one failed.
//
//	go test -json ./... | go run ./tools/skips
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

func main() {
	list := flag.String("list", "tools/skips/skips.txt", "the tests that may be skipped: one a line, name and reason")
	flag.Parse()
	if err := run(*list); err != nil {
		fmt.Fprintln(os.Stderr, "skips:", err)
		os.Exit(1)
	}
}

func run(list string) error {
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	permitted, err := readList(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}

	r := &report{out: os.Stdout}
	if err := r.read(os.Stdin); err != nil {
		return err
	}
	return r.verdict(permitted, list)
}
