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
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
	"github.com/coveo-privacy/terraform-provider-coveo/tools/demo/stage"
)

// platformRate is high enough that the limit on platform calls is not what is measured.
const platformRate = 1000

// burst is how many usage analytics calls the provider sends at once before its long-run rate counts.
const burst = 60

type bench struct {
	settings
	cli, config, dir string
	progress         io.Writer
	folders          int
}

func (b *bench) version(ctx context.Context) (string, error) {
	command := exec.CommandContext(ctx, b.cli, "version")
	command.Env = stage.Environment(b.config)
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", b.cli, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line, nil
}

// workspace is one configuration that is being measured.
type workspace struct {
	bench        *bench
	dir          string
	env          []string
	organization *simulator.Organization // nil where nothing is asked
}

func (b *bench) workspace(configuration string, organization *simulator.Organization, env ...string) (*workspace, error) {
	b.folders++
	dir := filepath.Join(b.dir, fmt.Sprintf("run-%d", b.folders))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	w := &workspace{bench: b, dir: dir, organization: organization, env: env}
	return w, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(configuration), 0o600)
}

// measured is one command's cost.
type measured struct {
	wall time.Duration
	// cpu is what the CLI and the provider worked, which other work on the machine changes less than the wall time.
	cpu time.Duration
	// requests is what the organization received meanwhile.
	requests []simulator.Request
}

// command runs the CLI and takes the time.
func (w *workspace) command(ctx context.Context, args ...string) (measured, error) {
	say(w.bench.progress, "%s %s … ", filepath.Base(w.dir), strings.Join(args, " "))
	if w.organization != nil {
		w.organization.ResetCalls()
	}
	command := exec.CommandContext(ctx, w.bench.cli, args...)
	command.Dir = w.dir
	command.Env = stage.Environment(w.bench.config, w.env...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 30 * time.Second
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	started := time.Now()
	err := command.Run()
	m := measured{wall: time.Since(started)}
	if state := command.ProcessState; state != nil {
		m.cpu = state.UserTime() + state.SystemTime()
	}
	say(w.bench.progress, "%s, CPU %s\n", seconds(m.wall), seconds(m.cpu))
	if err != nil {
		return m, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(output.String()))
	}
	if w.organization != nil {
		m.requests = w.organization.Requests()
	}
	return m, nil
}

func tail(text string) string { return text[max(0, len(text)-4000):] }

// cost is what planning, applying, and planning again without a change took, the last also without looking at anything.
type cost struct{ plan, apply, again, blind measured }

// cycle plans, applies the plan, and plans again in both ways.
func (w *workspace) cycle(ctx context.Context) (cost, error) {
	var c cost
	for _, step := range []struct {
		result *measured
		args   []string
	}{
		{&c.plan, []string{"plan", "-no-color", "-out=run.tfplan"}},
		{&c.apply, []string{"apply", "-no-color", "run.tfplan"}},
		{&c.again, []string{"plan", "-no-color", "-detailed-exitcode"}},
		{&c.blind, []string{"plan", "-no-color", "-detailed-exitcode", "-refresh=false"}},
	} {
		m, err := w.command(ctx, step.args...)
		if err != nil {
			return c, err
		}
		*step.result = m
	}
	return c, nil
}

// organization starts an organization, with the environment that a run on it needs.
func (b *bench) organization(ctx context.Context, latency time.Duration) (*simulator.Organization, []string, func(), error) {
	organization := simulator.New(simulator.Options{Latency: latency})
	url, stop, err := stage.Serve(ctx, organization)
	if err != nil {
		return nil, nil, nil, err
	}
	cases := map[string][]string{}
	for n := range b.cases {
		id := person(n)
		organization.Log(id, simulator.Search, 3)
		cases[reference(n)] = []string{id}
	}
	vault, err := json.Marshal(cases)
	if err != nil {
		stop()
		return nil, nil, nil, err
	}
	file := filepath.Join(b.dir, "subjects.json")
	if err := os.WriteFile(file, vault, 0o600); err != nil {
		stop()
		return nil, nil, nil, err
	}
	return organization, []string{
		"COVEO_ORGANIZATION_ID=" + organization.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + url,
		"COVEO_SUBJECTS_FILE=" + file, `COVEO_DIGEST_KEYS={"2026":"not-a-secret-of-the-benchmark-00000001"}`,
	}, stop, nil
}

func reference(n int) string { return fmt.Sprintf("DSR-2026-%04d", n) }

func person(n int) string { return fmt.Sprintf("person-%04d@example.com-google", n) }

// share compares the requests of a command with what the provider's rate allows in the time between the first and the last.
func (b *bench) share(m measured) (perSecond, share float64) {
	if len(m.requests) < 2 {
		return 0, 0
	}
	first, last := slices.MinFunc(m.requests, byTime).Time, slices.MaxFunc(m.requests, byTime).Time
	between := last.Sub(first).Seconds()
	if between <= 0 {
		return 0, 0
	}
	n := float64(len(m.requests))
	return n / between, n / (burst + b.rate*between)
}

func byTime(a, b simulator.Request) int { return a.Time.Compare(b.Time) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
