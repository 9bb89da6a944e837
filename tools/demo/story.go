// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// The person of the story, who does not exist: one account, and one browser in which it never signed in.
const (
	reference = "DSR-2026-0142"
	account   = "alice.smith@example.com-google"
	browser   = "29fb0d0a-b5eb-4c20-aff0-9d282df11569"
	digestKey = "not-a-secret-of-the-demonstration-0001"
)

const day = 24 * time.Hour

// story is the demonstration.
type story struct {
	output       io.Writer
	color        bool
	cli          string
	config       string // of the CLI
	dir          string
	url          string
	organization *simulator.Organization

	infrastructure, pipeline folder
	token                    string
	// printed is everything that the commands have printed, to look for identifiers in.
	printed bytes.Buffer
}

// printf prints. Where it cannot, there is nobody left to tell.
func (s *story) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.output, format, args...) }

// say prints a line of narration.
func (s *story) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if s.color {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	s.printf("\n# %s\n", strings.ReplaceAll(text, "\n", "\n# "))
}

// prepare copies the two configurations, writes the vault, and lets the person be active in the organization.
func (s *story) prepare(root string) error {
	for _, f := range []*folder{&s.infrastructure, &s.pipeline} {
		f.name = "infrastructure"
		if f == &s.pipeline {
			f.name = "pipeline"
		}
		f.dir = filepath.Join(s.dir, f.name)
		if err := os.CopyFS(f.dir, os.DirFS(filepath.Join(root, "examples", "demo", f.name))); err != nil {
			return err
		}
		f.env = []string{"COVEO_ORGANIZATION_ID=" + s.organization.ID(), "COVEO_PLATFORM_URL=" + s.url}
	}
	vault, err := json.Marshal(map[string][]string{reference: {account, browser}})
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "subjects.json")
	if err := os.WriteFile(file, vault, 0o600); err != nil {
		return err
	}
	keys, err := json.Marshal(map[string]string{"2026": digestKey})
	if err != nil {
		return err
	}
	s.infrastructure.env = append(s.infrastructure.env, "COVEO_ACCESS_TOKEN="+simulator.AdminToken)
	s.pipeline.env = append(s.pipeline.env, "COVEO_SUBJECTS_FILE="+file, "COVEO_DIGEST_KEYS="+string(keys))

	s.organization.Log(account, simulator.Search, 900)
	s.organization.Log(account, simulator.Click, 300)
	s.organization.Log(browser, simulator.Custom, 4)
	return nil
}

// tell runs the story's chapters.
func (s *story) tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		s.makeKey, s.planErasure, s.proveThePlan, s.erase, s.wait, s.showRegister, s.cleanUp,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return s.searchEverything()
}

func (s *story) makeKey(ctx context.Context) error {
	s.say("1. The infrastructure team. An administrator's token makes a key that can count and erase one person's\n" +
		"usage analytics, from the pipeline's addresses, for 90 days, and nothing else.")
	for _, step := range []struct {
		says []string
		args []string
	}{
		{nil, []string{"init"}},
		{[]string{"1 to add, 0 to change, 0 to destroy", "(sensitive value)"}, []string{"plan", "-out=key.tfplan"}},
		{[]string{"1 added, 0 changed, 0 destroyed", "dsr_access_token = <sensitive>"}, []string{"apply", "key.tfplan"}},
	} {
		if err := s.succeed(ctx, s.infrastructure, step.says, step.args...); err != nil {
			return err
		}
	}
	r, err := s.readToken(ctx)
	if err != nil {
		return err
	}
	s.token = r
	s.pipeline.env = append(s.pipeline.env, "COVEO_ACCESS_TOKEN="+s.token)
	keys := s.organization.Keys()
	if len(keys) != 1 || keys[0].Value != s.token || len(keys[0].Privileges) != 2 {
		return fmt.Errorf("the organization should have one key with two privileges, and has %d keys", len(keys))
	}
	return nil
}

// readToken takes the key's value as a pipeline would. It is printed nowhere, so it stays out of what was printed.
func (s *story) readToken(ctx context.Context) (string, error) {
	s.say("The key's value goes from the output to the pipeline's secret store (here: an environment variable).")
	s.printf("\ninfrastructure$ %s output -raw dsr_access_token   # not shown\n", filepath.Base(s.cli))
	before := s.printed.Len()
	r, err := s.quiet(ctx, s.infrastructure, "output", "-raw", "dsr_access_token")
	s.printed.Truncate(before)
	if err == nil && (r.code != 0 || r.text == "") {
		err = fmt.Errorf("the key's value could not be read from the output")
	}
	return r.text, err
}

func (s *story) planErasure(ctx context.Context) error {
	s.say("2. The privacy pipeline, with that key. A request has come in; it is the case %s. Who that is stands in the\n"+
		"vault, a file that only the pipeline can read. The plan looks the person up, and says what it would destroy.", reference)
	if err := s.succeed(ctx, s.pipeline, nil, "init"); err != nil {
		return err
	}
	err := s.succeed(ctx, s.pipeline, []string{
		"1 to add, 0 to change, 0 to destroy", "runs = 1", "Irreversible erasure: " + reference,
		"2 identifiers of " + reference + ": 1,204 events now (900 search, 300 click, 4 custom)",
	}, "plan", "-out=erasure.tfplan")
	if err != nil {
		return err
	}
	return s.deletions(0)
}

func (s *story) proveThePlan(ctx context.Context) error {
	s.say("The reviewed plan names a case and digests, and nobody. This is all that the plan's JSON says of whom:")
	r, err := s.quiet(ctx, s.pipeline, "show", "-json", "erasure.tfplan")
	if err != nil {
		return err
	}
	var plan struct {
		ResourceChanges []struct {
			Address string `json:"address"`
			Change  struct {
				After struct {
					Subject string   `json:"subject"`
					Digests []string `json:"identifier_digests"`
				} `json:"after"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(r.text), &plan); err != nil || len(plan.ResourceChanges) != 1 {
		return fmt.Errorf("the plan's JSON should have one change, and has %d (%w)", len(plan.ResourceChanges), err)
	}
	change := plan.ResourceChanges[0]
	s.printf("\n%s  subject=%s\n", change.Address, change.Change.After.Subject)
	for _, digest := range change.Change.After.Digests {
		s.printf("    %s\n", digest)
	}
	if len(change.Change.After.Digests) != 2 {
		return fmt.Errorf("the plan's JSON should have two digests")
	}
	found, err := s.search(s.pipeline.dir, account, browser)
	if err != nil {
		return err
	}
	s.printf("\nidentifiers found in the plan file, its JSON and what was printed: %d\n", len(found))
	if len(found) > 0 {
		return fmt.Errorf("an identifier is in %s", strings.Join(found, ", "))
	}
	return nil
}

func (s *story) erase(ctx context.Context) error {
	s.say("3. The plan was approved. What was reviewed is what runs: one request for each of the two identifiers.")
	if err := s.succeed(ctx, s.pipeline, []string{"1 added, 0 changed, 0 destroyed"}, "apply", "erasure.tfplan"); err != nil {
		return err
	}
	if err := s.deletions(2); err != nil {
		return err
	}
	return s.status(ctx, "submitted", 1204)
}

func (s *story) wait(ctx context.Context) error {
	s.say("4. Coveo completes an erasure within 28 days and has no call that tells how far it is, so a nightly refresh looks\n" +
		"at what is still visible. The organization's clock moves by 15 days:")
	s.organization.Advance(15 * day)
	if err := s.refresh(ctx, "settling", 602); err != nil {
		return err
	}
	s.say("By another 14 days:")
	s.organization.Advance(14 * day)
	if err := s.refresh(ctx, "zero_observed", 0); err != nil {
		return err
	}
	s.say("From now on there is nothing to do, and a plan says so:")
	if err := s.succeed(ctx, s.pipeline, []string{"No changes."}, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	return s.deletions(2)
}

func (s *story) refresh(ctx context.Context, status string, remaining int64) error {
	if err := s.succeed(ctx, s.pipeline, nil, "apply", "-refresh-only", "-auto-approve"); err != nil {
		return err
	}
	return s.status(ctx, status, remaining)
}

func (s *story) showRegister(ctx context.Context) error {
	s.say("5. The register, from `%s show -json`:", filepath.Base(s.cli))
	records, err := s.register(ctx)
	if err != nil {
		return err
	}
	s.printf("\n%-16s %-14s %4s  %-20s  %9s  %9s\n", "CASE", "STATUS", "RUNS", "REQUESTED", "EVENTS", "REMAINING")
	for _, r := range records {
		s.printf("%-16s %-14s %4d  %-20s  %9d  %9d\n", r.Subject, r.Status, r.Runs, r.RequestedAt, r.Before, r.Remaining)
	}
	return nil
}

func (s *story) cleanUp(ctx context.Context) error {
	s.say("6. Cleaning up. Destroying the record asks Coveo for nothing; destroying the key deletes it.")
	if err := s.succeed(ctx, s.pipeline, []string{
		"Erasure record removed: " + reference, "1 destroyed",
	}, "destroy", "-auto-approve"); err != nil {
		return err
	}
	if err := s.succeed(ctx, s.infrastructure, []string{"1 destroyed"}, "destroy", "-auto-approve"); err != nil {
		return err
	}
	if keys := s.organization.Keys(); len(keys) != 0 {
		return fmt.Errorf("the organization should have no key, and has %d", len(keys))
	}
	return s.deletions(2)
}
