// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// trial is one run against an organization.
type trial struct {
	settings
	progress io.Writer
	// Two clients for two tokens, each with what came over the wire last.
	keys, people       *coveo.Client
	keysTap, peopleTap *tap

	visitor string
	rows    []row
}

// row is one line of the table.
type row struct{ point, observed, handled string }

func newTrial(s settings, progress io.Writer) (*trial, error) {
	t := &trial{settings: s, progress: progress, visitor: uuid(), keysTap: &tap{}, peopleTap: &tap{}}
	var err error
	if t.keys, err = t.client(s.token, t.keysTap); err != nil {
		return nil, err
	}
	t.people, err = t.client(s.dsrToken, t.peopleTap)
	return t, err
}

func (t *trial) client(token string, transport http.RoundTripper) (*coveo.Client, error) {
	return coveo.New(coveo.Config{
		OrganizationID: t.organization, Token: token, PlatformURL: t.platformURL, AnalyticsURL: t.analyticsURL,
		MaxRetries: coveo.DefaultMaxRetries, UserAgent: "terraform-provider-coveo-testlive", Transport: transport,
	})
}

// uuid invents a visitor, in the form that Coveo's libraries use.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (t *trial) step(format string, args ...any) {
	say(t.progress, "testlive: "+format+"\n", args...)
}

// note records what was observed on a point, and what the provider makes of every outcome.
func (t *trial) note(point, handled, format string, args ...any) {
	t.rows = append(t.rows, row{point, fmt.Sprintf(format, args...), handled})
}

// everything runs all parts. A part that fails does not keep the others from running, since each answers questions of its own.
func (t *trial) everything(ctx context.Context) error {
	var failures []error
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"which hosts answer", t.hosts},
		{"what the tokens may do", t.privileges},
		{"what keys may hold", t.keyPrivileges},
		{"a key's life", t.keyLife},
		{"a key of one hour", t.keyOfOneHour},
		{"where the organization lives", t.placement},
		{"people who do not exist", t.strangers},
		{"one visitor's life", t.visitorLife},
		{"an export's life", t.exportLife},
	} {
		t.step("%s", part.name)
		if err := part.run(ctx); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", part.name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failures...)
}

func (t *trial) table() string {
	var b strings.Builder
	b.WriteString("| open point | observed | what the provider does |\n| --- | --- | --- |\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(r.point), cell(r.observed), cell(r.handled))
	}
	return t.redact(b.String())
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// redact is the last line of defence: no observation is meant to hold a token.
func (t *trial) redact(text string) string {
	return strings.NewReplacer(t.token, "…", t.dsrToken, "…").Replace(text)
}

func (t *trial) hosts(ctx context.Context) error {
	bases := []string{coveo.AnalyticsURL(t.platformURL)}
	for _, other := range []string{t.otherAnalytics, strings.TrimSuffix(t.analyticsURL, "/")} {
		if other != "" && other != bases[0] {
			bases = append(bases, other)
		}
	}
	var seen []string
	for _, base := range bases {
		a, err := send(ctx, http.MethodGet, base+"/v15/users/monitoring/health", "", nil)
		if err != nil {
			seen = append(seen, host(base)+": no answer")
			continue
		}
		health := a.word()
		a, err = send(ctx, http.MethodGet, t.overviewURL(base, uuid()), t.dsrToken, nil)
		if err != nil {
			return err
		}
		seen = append(seen, fmt.Sprintf("%s: health %s, overview %s", host(base), health, a.word()))
	}
	t.note("host of the usage analytics read API", "the platform's host unless `analytics_url` is set", "%s", strings.Join(seen, "; "))
	return nil
}

func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "(malformed)"
	}
	return u.Hostname()
}

func (t *trial) overviewURL(base, user string) string {
	return base + "/v15/users/" + url.PathEscape(user) + "/overview?org=" + url.QueryEscape(t.organization)
}

func (t *trial) platform(path string) string {
	return strings.TrimSuffix(t.platformURL, "/") + "/rest/organizations/" + url.PathEscape(t.organization) + path
}

// pause waits between two looks.
func pause(ctx context.Context, d time.Duration) error { return coveo.SystemClock{}.Wait(ctx, d) }
