// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"net"
	"net/http"
	"os"
	"slices"
	"time"
)

// TestingT is the part of [testing.TB] that [Start] uses. An interface keeps the testing package out of the simulator's
// command.
type TestingT interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// Server is an organization that listens on a loopback port.
type Server struct {
	*Organization
	// URL is the platform's address: http://127.0.0.1:port.
	URL string
	// StorageURL is the address of the storage that downloads are redirected to: another host to every client.
	StorageURL string
}

// AnalyticsURL is the address of the Usage Analytics calls.
func (s *Server) AnalyticsURL() string { return s.URL + "/rest/ua" }

// Start serves an organization until the test ends. The test fails if the server got a request that it does not know
// or, when COVEO_OPENAPI_DIR names the folder of Coveo's OpenAPI documents, if a request or an answer differs from them.
func Start(t TestingT, options Options) *Server {
	t.Helper()
	organization := New(options)
	if directory, isSet := os.LookupEnv(OpenAPIDirectory); isSet && directory != "" && !options.IgnoreContract {
		loaded, err := loadContract(directory)
		if err != nil {
			t.Fatalf("simulator: %s: %v", OpenAPIDirectory, err)
			return nil
		}
		organization.contract = loaded
	}
	storage, stopStorage, err := organization.ListenForDownloads(context.Background())
	if err != nil {
		t.Fatalf("simulator: %v", err)
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("simulator: %v", err)
		return nil
	}
	server := &http.Server{Handler: organization, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		t.Helper()
		_ = server.Close()
		stopStorage()
		<-served
		for _, problem := range organization.Problems() {
			t.Errorf("simulator: %s", problem)
		}
	})
	return &Server{Organization: organization, URL: "http://" + listener.Addr().String(), StorageURL: storage}
}

// Problems are the unknown requests and the differences from the OpenAPI documents so far.
func (o *Organization) Problems() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.problems)
}
