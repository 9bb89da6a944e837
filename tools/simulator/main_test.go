// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun_ServesUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	file := filepath.Join(t.TempDir(), "ready.json")
	var output bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-organization", "org1", "-seed-demo", "-ready-file", file}, &output)
	}()
	r := waitFor(t, file)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		r.AnalyticsURL+"/v15/users/alice.smith@example.com-google/overview?org=org1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var overview struct{ Stats map[string]int }
	if err := json.NewDecoder(response.Body).Decode(&overview); err != nil || overview.Stats["search"] != 900 {
		t.Errorf("got %d %+v %v", response.StatusCode, overview, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !strings.Contains(output.String(), "export COVEO_PLATFORM_URL="+r.URL+"\n") {
		t.Errorf("got %s", output.String())
	}
}

func waitFor(t *testing.T, file string) ready {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for {
		content, err := os.ReadFile(file)
		if err == nil {
			var r ready
			if err := json.Unmarshal(content, &r); err != nil {
				t.Fatal(err)
			}
			return r
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the simulator never got ready")
		}
	}
}

func TestRun_RefusesOtherAddresses(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "203.0.113.1:80", "example.com:80", "[::]:0", "nonsense"} {
		if err := run(t.Context(), []string{"-listen", address}, &bytes.Buffer{}); err == nil {
			t.Errorf("%s was accepted", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0", "127.1.2.3:0"} {
		if err := loopback(address); err != nil {
			t.Error(err)
		}
	}
}

func TestRun_RefusesArgumentsAndUnwritableFiles(t *testing.T) {
	if err := run(t.Context(), []string{"extra"}, &bytes.Buffer{}); err == nil {
		t.Error("an argument was accepted")
	}
	missing := filepath.Join(t.TempDir(), "missing", "ready.json")
	if err := run(t.Context(), []string{"-ready-file", missing}, &bytes.Buffer{}); err == nil {
		t.Error("the ready file was not written, and nobody was told")
	}
}
