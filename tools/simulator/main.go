// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command simulator runs an embedded Coveo organization in the foreground, for demonstrations and for clients that are
// not written in Go. It listens on a loopback address only: its administrator's token is public.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "simulator:", err)
		os.Exit(1)
	}
}

// settings are the command line.
type settings struct {
	listen    string
	readyFile string
	seedDemo  bool
	options   simulator.Options
}

func parse(arguments []string, output io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "loopback `address` to listen on")
	flags.StringVar(&s.options.OrganizationID, "organization", simulator.DefaultOrganizationID, "organization `ID`")
	flags.DurationVar(&s.options.Latency, "latency", 0, "`duration` added to every request")
	flags.DurationVar(&s.options.SettleAfter, "settle-after", 0, "`duration` until a deletion is complete")
	flags.BoolVar(&s.options.ReadOnly, "read-only", false, "start in read-only mode")
	flags.BoolVar(&s.seedDemo, "seed-demo", false, "record some events of synthetic persons")
	flags.BoolVar(&s.options.KeepRecordings, "keep-recordings", false, "keep every event that requests record")
	flags.StringVar(&s.readyFile, "ready-file", "", "JSON `file` to write once the simulator listens")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return s, loopback(s.listen)
}

// loopback refuses names too, other than localhost: what they resolve to is not for this command to trust.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-listen: %q is not a loopback address", host)
	}
	return nil
}

// ready is what the ready file says.
type ready struct {
	URL          string `json:"url"`
	AnalyticsURL string `json:"analyticsUrl"`
	Organization string `json:"organization"`
	Token        string `json:"token"`
}

func run(ctx context.Context, arguments []string, output io.Writer) error {
	s, err := parse(arguments, output)
	if err != nil {
		return err
	}
	organization := simulator.New(s.options)
	if s.seedDemo {
		seed(organization)
	}
	_, stopStorage, err := organization.ListenForDownloads(ctx)
	if err != nil {
		return err
	}
	defer stopStorage()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	server := &http.Server{Handler: organization, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	announced := ready{
		URL:          url,
		AnalyticsURL: url + "/rest/ua",
		Organization: organization.ID(),
		Token:        simulator.AdminToken,
	}
	err = announced.announce(output, s.readyFile)
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-served:
			return err
		}
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(grace))
}

func (r ready) announce(output io.Writer, readyFile string) error {
	_, err := fmt.Fprintf(output, `export COVEO_ORGANIZATION_ID=%s
export COVEO_ACCESS_TOKEN=%s
export COVEO_PLATFORM_URL=%s
export COVEO_ANALYTICS_URL=%s
`, r.Organization, r.Token, r.URL, r.AnalyticsURL)
	if err != nil || readyFile == "" {
		return err
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return replace(readyFile, append(encoded, '\n'))
}

// replace writes a file in one step, so that whoever waits for it never reads half of it.
func replace(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(temporary.Name()))
	}
	return err
}

// seed records events of people who do not exist: two sign-ins and two browsers.
func seed(organization *simulator.Organization) {
	organization.Log("alice.smith@example.com-google", simulator.Search, 900)
	organization.Log("alice.smith@example.com-google", simulator.Click, 300)
	organization.Log("alice.smith@example.com-google", simulator.Custom, 4)
	organization.Log("29fb0d0a-b5eb-4c20-aff0-9d282df11569", simulator.Search, 21)
	organization.Log("29fb0d0a-b5eb-4c20-aff0-9d282df11569", simulator.Click, 5)
	organization.Log("bob.jones@example.org-saml", simulator.Search, 58)
	organization.Log("bob.jones@example.org-saml", simulator.Custom, 12)
	organization.Log("0e0e0e0e-0e0e-4e0e-8e0e-0e0e0e0e0e0e", simulator.Search, 3)
}
