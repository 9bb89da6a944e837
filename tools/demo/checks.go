// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// record is what the register shows of one erasure.
type record struct {
	Subject     string `json:"subject"`
	Status      string `json:"status"`
	Runs        int64  `json:"runs"`
	RequestedAt string `json:"requested_at"`
	Before      int64  `json:"events_at_request"`
	Remaining   int64  `json:"events_remaining"`
}

// register reads the erasures from state.
func (s *story) register(ctx context.Context) ([]record, error) {
	r, err := s.quiet(ctx, s.pipeline, "show", "-json")
	if err != nil {
		return nil, err
	}
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Type   string          `json:"type"`
					Values json.RawMessage `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal([]byte(r.text), &state); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	var records []record
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Type != "coveo_user_data_deletion" {
			continue
		}
		var values record
		if err := json.Unmarshal(resource.Values, &values); err != nil {
			return nil, fmt.Errorf("reading a record: %w", err)
		}
		records = append(records, values)
	}
	return records, nil
}

// status fails unless the register has the one record, like this.
func (s *story) status(ctx context.Context, status string, remaining int64) error {
	records, err := s.register(ctx)
	if err != nil {
		return err
	}
	if len(records) != 1 || records[0].Status != status || records[0].Remaining != remaining || records[0].Runs != 1 {
		return fmt.Errorf("the register should have one record, %s with %d events remaining after 1 run, and has %+v", status, remaining, records)
	}
	return nil
}

// deletions fails unless the organization has been asked for exactly this many.
func (s *story) deletions(want int) error {
	if got := s.organization.Calls(simulator.DeleteUserData); got != want {
		return fmt.Errorf("%d deletions should have been asked for by now, and %d were", want, got)
	}
	return nil
}

// searchEverything looks for the person in all that is left, and for the token in the pipeline's part of it. The token stands
// in the state of the configuration that made the key, as that configuration's documentation says.
func (s *story) searchEverything() error {
	for _, identifier := range []string{account, browser, s.token} {
		if !s.organization.Saw(identifier) {
			return fmt.Errorf("what is searched for never reached the organization, so not finding it proves nothing")
		}
	}
	people, err := s.search(s.dir, account, browser)
	if err != nil {
		return err
	}
	tokens, err := s.search(s.pipeline.dir, s.token)
	if err != nil {
		return err
	}
	if found := append(people, tokens...); len(found) > 0 {
		return fmt.Errorf("an identifier or the key's value is in %s", strings.Join(found, ", "))
	}
	for _, problem := range s.organization.Problems() {
		return fmt.Errorf("the organization got a request that it does not know: %s", problem)
	}
	s.say("Neither of the person's identifiers was printed, or is in a plan file, its JSON, a state or a backup of one.\n"+
		"The organization was asked for %d deletions in all.", s.organization.Calls(simulator.DeleteUserData))
	return nil
}

// search names the files below a folder, and the output so far, that hold one of the texts. Plan files are archives, and are
// searched inside. The vault is where the identifiers belong, and the built provider holds none.
func (s *story) search(dir string, texts ...string) ([]string, error) {
	var found []string
	look := func(name string, content []byte) {
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				found = append(found, name)
				return
			}
		}
	}
	look("the output", s.printed.Bytes())
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "mirror" || entry.Name() == "providers" {
				return filepath.SkipDir
			}
			return nil
		}
		if path == filepath.Join(s.dir, "subjects.json") || !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look(entry.Name(), content)
		return unpack(entry.Name(), content, look)
	})
	return found, err
}

// unpack hands over the files of an archive.
func unpack(name string, content []byte, look func(string, []byte)) error {
	if !bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		return nil
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			return err
		}
		inner, err := io.ReadAll(opened)
		if err := opened.Close(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		look(name+" ("+file.Name+")", inner)
	}
	return nil
}
