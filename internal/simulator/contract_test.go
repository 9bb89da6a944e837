// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestContract_DocumentsNotGiven(t *testing.T) {
	if os.Getenv(simulator.OpenAPIDirectory) == "" {
		t.Skipf("%s is not set: requests and answers of this run are not compared with Coveo's OpenAPI documents",
			simulator.OpenAPIDirectory)
	}
}

const document = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{
	"/rest/organizations/{organizationId}/status":{"get":{
		"parameters":[
			{"name":"organizationId","in":"path","required":true,"schema":{"type":"string"}},
			{"name":"wait","in":"query","schema":{"type":"integer"}}],
		"responses":{"200":{"description":"","content":{"*/*":{"schema":{"type":"object",
			"properties":{"readOnly":{"type":"READONLY"}}}}}}}}},
	"/rest/organizations/{organizationId}":{"get":{
		"parameters":[{"name":"organizationId","in":"path","required":true,"schema":{"type":"string"}}],
		"responses":{"201":{"description":""}}}}}}`

// documents makes a folder with one document whose status answer has a readOnly of a type.
func documents(t *testing.T, readOnly string) string {
	t.Helper()
	directory := t.TempDir()
	content := strings.Replace(document, "READONLY", readOnly, 1)
	if err := os.WriteFile(filepath.Join(directory, "d.json"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return directory
}

func TestContract_DifferencesFailTheTest(t *testing.T) {
	for name, test := range map[string]struct {
		readOnly, path string
		fault          simulator.Fault
		want           string
	}{
		"as documented":       {readOnly: "boolean", path: "status"},
		"request differs":     {readOnly: "boolean", path: "status?wait=soon", want: "request: "},
		"answer differs":      {readOnly: "integer", path: "status", want: "answer: "},
		"status undocumented": {readOnly: "boolean", path: "/rest/organizations/acmeprod1a2b3c", want: "the status 200 is not documented"},
		"not in a document":   {readOnly: "boolean", path: "privileges/me", want: "no document has this operation"},
		"bent by a fault":     {readOnly: "integer", path: "status", fault: simulator.Fault{Nulls: true}},
		"errors are free":     {readOnly: "integer", path: "status", fault: simulator.Fault{Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(simulator.OpenAPIDirectory, documents(t, test.readOnly))
			fake := &fakeT{}
			c := &client{Server: simulator.Start(fake, simulator.Options{}), t: t, token: simulator.AdminToken}
			c.Inject(test.fault)
			c.call("GET", test.path, nil)
			fake.end()
			failed := strings.Join(fake.errors, "\n")
			if !strings.Contains(failed, test.want) || test.want == "" && failed != "" {
				t.Errorf("got %q", failed)
			}
		})
	}
}

func TestContract_AFolderWithoutDocumentsFailsTheTest(t *testing.T) {
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "x.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, directory := range []string{t.TempDir(), filepath.Join(t.TempDir(), "missing"), broken} {
		t.Setenv(simulator.OpenAPIDirectory, directory)
		fake := &fakeT{}
		simulator.Start(fake, simulator.Options{})
		equal(t, "fatal", fake.fatal, true)
	}
}

func TestStart_UnknownRequestsFailTheTest(t *testing.T) {
	for _, test := range []struct{ method, path string }{
		{"GET", "/rest/organizations/acmeprod1a2b3c/coffee"},
		{"PATCH", "/rest/organizations/acmeprod1a2b3c/apikeys/x"},
		{"GET", "/rest/ua/v15/users/a/b/overview"},
		{"GET", "/rest/ua/v15/users//overview"},
		{"POST", "/rest/ua/v15/analytics/pageview"},
		{"GET", "/"},
	} {
		fake := &fakeT{}
		c := &client{Server: simulator.Start(fake, simulator.Options{IgnoreContract: true}), t: t, token: simulator.AdminToken}
		c.want(501, test.method, test.path, nil)
		equal(t, "calls", c.Calls(simulator.Unknown), 1)
		equal(t, "before the end", len(fake.errors), 0)
		fake.end()
		equal(t, "failures", len(fake.errors), 1)
	}
	fake := &fakeT{}
	c := &client{Server: simulator.Start(fake, simulator.Options{}), t: t, token: simulator.AdminToken}
	c.want(200, "GET", "status", nil)
	c.want(404, "GET", "apikeys/x", nil)
	fake.end()
	equal(t, "failures", strings.Join(fake.errors, "\n"), "")
}
