// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command audit tells the browser test what the provider says: the snippets, and what it makes of a HAR file.
//
//	audit snippets
//	audit har page.har
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, output io.Writer) error {
	switch {
	case len(arguments) == 1 && arguments[0] == "snippets":
		snippets, err := allSnippets()
		if err != nil {
			return err
		}
		return json.NewEncoder(output).Encode(snippets)
	case len(arguments) == 2 && arguments[0] == "har":
		audited, err := auditFile(ctx, arguments[1])
		if err != nil {
			return err
		}
		return json.NewEncoder(output).Encode(audited)
	default:
		return errors.New("usage: audit snippets | audit har FILE")
	}
}

func allSnippets() ([]collection.Snippet, error) {
	var snippets []collection.Snippet
	for _, library := range collection.Libraries() {
		for _, mode := range collection.Modes() {
			snippet, err := collection.SnippetFor(library, collection.Mode(mode))
			if err != nil {
				return nil, err
			}
			snippets = append(snippets, snippet)
		}
	}
	return snippets, nil
}

// audited is a report and what each expectation makes of it.
type audited struct {
	Report   collection.Report
	Verdicts map[string]collection.Verdict
}

func auditFile(ctx context.Context, path string) (audited, error) {
	file, err := os.Open(path)
	if err != nil {
		return audited{}, err
	}
	defer func() { _ = file.Close() }()
	report, err := collection.AuditHAR(ctx, file, filepath.Base(path))
	if err != nil {
		return audited{}, err
	}
	result := audited{Report: report, Verdicts: map[string]collection.Verdict{}}
	for _, expect := range collection.Expectations() {
		result.Verdicts[expect] = collection.Judge(collection.Expectation(expect), report)
	}
	return result, nil
}
