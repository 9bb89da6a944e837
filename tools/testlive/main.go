// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command testlive tries a real organization, with a visitor that it invents and a key that opens nothing, and prints what it
// saw as a table: one row for each point that Coveo's public documents leave open. It needs to be told that it may.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// exitRefused is the exit code where nothing was tried.
const exitRefused = 2

// errRefused says what it takes to be run.
var errRefused = errors.New(`testlive calls a real organization, so it has to be told to: set COVEO_LIVE=1.

It also needs
  COVEO_ORGANIZATION_ID      the organization, best one for tests
  COVEO_ACCESS_TOKEN         a token with the privileges Organization – API keys: View, Edit and Create,
                             Analytics – Administrate: Allowed, Analytics – Delete user data: Allowed
                             and Analytics – Analytics data: Edit
and, to try exports, Analytics – Data exports: View, Edit and Create. It takes
  COVEO_TESTLIVE_DSR_TOKEN   another token for all but the first of these
  COVEO_REGION, COVEO_ENVIRONMENT, COVEO_PLATFORM_URL, COVEO_ANALYTICS_URL   as the provider does

It logs one custom event for a random visitor, reads and erases that visitor, asks about visitors that do not exist, makes and
deletes one key that is disabled from the start, and makes and removes one export of somebody who does not exist. Nobody else's data is read or changed`)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are the command line and the environment.
type settings struct {
	organization    string
	token, dsrToken string
	platformURL     string
	analyticsURL    string
	otherAnalytics  string // the other host that Coveo's documents name, where there is one
	wait, interval  time.Duration
	region          string
}

func parse(arguments []string, getenv func(string) string, output io.Writer) (settings, error) {
	s := settings{
		organization: getenv("COVEO_ORGANIZATION_ID"), token: getenv("COVEO_ACCESS_TOKEN"), dsrToken: getenv("COVEO_TESTLIVE_DSR_TOKEN"),
		platformURL: getenv("COVEO_PLATFORM_URL"), analyticsURL: getenv("COVEO_ANALYTICS_URL"), region: getenv("COVEO_REGION"),
	}
	flags := flag.NewFlagSet("testlive", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.DurationVar(&s.wait, "wait", 5*time.Minute, "how `long` to wait until the logged event can be seen")
	flags.DurationVar(&s.interval, "interval", 5*time.Second, "`pause` between two looks")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	if getenv("COVEO_LIVE") != "1" || s.organization == "" || s.token == "" {
		return s, errRefused
	}
	if s.dsrToken == "" {
		s.dsrToken = s.token
	}
	environment := coveo.Environment(getenv("COVEO_ENVIRONMENT"))
	if s.platformURL == "" {
		s.platformURL = coveo.PlatformURL(coveo.Region(s.region), environment)
		s.otherAnalytics = otherAnalyticsURL(s.region, environment)
	}
	if s.analyticsURL == "" {
		s.analyticsURL = coveo.AnalyticsURL(s.platformURL)
	}
	return s, nil
}

// otherAnalyticsURL is the host that some of Coveo's documents name for usage analytics, beside the platform's own.
func otherAnalyticsURL(region string, environment coveo.Environment) string {
	switch {
	case environment == coveo.EnvironmentHIPAA:
		return "https://analyticshipaa.cloud.coveo.com/rest/ua"
	case region == "" || region == string(coveo.RegionUS):
		return "https://analytics.cloud.coveo.com/rest/ua"
	}
	return "https://analytics-" + region + ".cloud.coveo.com/rest/ua"
}

// say prints. Where it cannot, there is nobody left to tell.
func say(output io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(output, format, args...) }

func run(ctx context.Context, arguments []string, getenv func(string) string, output, progress io.Writer) int {
	s, err := parse(arguments, getenv, progress)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		say(progress, "%s\n", err)
		return exitRefused
	}
	t, err := newTrial(s, progress)
	if err != nil {
		say(progress, "testlive: %s\n", err)
		return exitRefused
	}
	err = t.everything(ctx)
	say(output, "%s", t.table())
	if err != nil {
		say(progress, "testlive: %s\n", err)
		return 1
	}
	return 0
}
