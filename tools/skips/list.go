// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A list holds the tests that may be skipped, by name.
type list map[string]bool

// readList reads one test a line, its name and the reason why it may be skipped. Lines that begin with # are comments.
func readList(from io.Reader) (list, error) {
	permitted := list{}
	lines := bufio.NewScanner(from)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, _ := strings.Cut(line, " ")
		if strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("line %d: %s has no reason", number, name)
		}
		permitted[name] = true
	}
	return permitted, lines.Err()
}

// allows says whether a test, or one that it is a part of, is on the list.
func (l list) allows(test string) bool {
	for {
		if l[test] {
			return true
		}
		end := strings.LastIndexByte(test, '/')
		if end < 0 {
			return false
		}
		test = test[:end]
	}
}
