// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests run a real command line with the built provider: what they show is what a run leaves behind.

// artefacts are everything that a run wrote, by name: files, and the members of plan files. What the provider's protocol
// carried is among them where TF_LOG_SDK_PROTO_DATA_DIR names a folder below.
func artefacts(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = string(content)
		if err != nil || !strings.HasPrefix(string(content), "PK") {
			return err
		}
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return err
		}
		for _, file := range archive.File {
			member, err := fs.ReadFile(archive, file.Name)
			if err != nil {
				return err
			}
			found[path+"!"+file.Name] = string(member)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func newKeyCLI(t *testing.T, server *simulator.Server, config string) *acctest.CLI {
	t.Helper()
	cli := acctest.NewCLI(t, "provider \"coveo\" {\n  requests_per_second = 5000\n}\n"+config)
	protocol := filepath.Join(cli.Dir, "protocol")
	if err := os.Mkdir(protocol, 0o700); err != nil {
		t.Fatal(err)
	}
	cli.Env = []string{
		"COVEO_ORGANIZATION_ID=" + server.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + server.URL,
		"TF_LOG=TRACE", "TF_LOG_PATH=" + filepath.Join(cli.Dir, "trace.log"), "TF_LOG_SDK_PROTO_DATA_DIR=" + protocol,
	}
	return cli
}

// A key's value is in state and nowhere else, and with recipients not even there.
func TestAccCLI_KeyValuesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	server := simulator.Start(t, simulator.Options{})
	one := newReader(t)
	config := func(quarter string) string {
		return `
resource "coveo_api_key" "sealed" {
  display_name      = "sealed"
  duties            = ["overview"]
  rotation_triggers = { quarter = "` + quarter + `" }
  ` + toThese(one) + `
}
resource "coveo_api_key" "open" {
  display_name = "open"
  duties       = ["overview"]
  description  = "` + quarter + `"
}
output "sealed" {
  value = coveo_api_key.sealed.encrypted_value
}
`
	}
	cli := newKeyCLI(t, server, config("1"))
	values := map[string][]string{}
	remember := func() {
		for _, key := range server.Keys() {
			values[key.DisplayName] = append(values[key.DisplayName], key.Value)
		}
	}
	var printed strings.Builder
	run := func(args ...string) {
		printed.WriteString(cli.MustRun(append(args, "-no-color")...).All())
	}
	run("plan", "-input=false", "-out=first.tfplan")
	run("apply", "-input=false", "first.tfplan")
	remember()
	cli.Write("main.tf", strings.Replace(mustRead(t, filepath.Join(cli.Dir, "main.tf")), config("1"), config("2"), 1))
	run("plan", "-input=false", "-out=second.tfplan")
	for _, plan := range []string{"first.tfplan", "second.tfplan"} {
		shown := cli.MustRun("show", "-json", plan).Stdout
		cli.Write(plan+".json", shown)
	}
	run("apply", "-input=false", "second.tfplan")
	remember()
	run("plan", "-input=false", "-detailed-exitcode")

	// The canaries were in use: the sealed value is what its reader reads, and it opens the organization.
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(cli.MustRun("output", "-raw", "sealed").Stdout)), one)
	if err != nil {
		t.Fatal(err)
	}
	value, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if len(values["sealed"]) != 2 || values["sealed"][0] == values["sealed"][1] || string(value) != values["sealed"][1] {
		t.Fatal("what was sealed is not the value of the key that was made last")
	}
	found := artefacts(t, cli.Dir)
	found["printed"] = printed.String()
	inState := 0
	for name, content := range found {
		for _, secret := range append(values["sealed"], simulator.AdminToken) {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds a value that was to be encrypted, or the token", name)
			}
		}
		if !strings.Contains(content, values["open"][0]) {
			continue
		}
		switch base := filepath.Base(name); {
		case strings.HasPrefix(base, "terraform.tfstate"):
			inState++
		case strings.Contains(base, "tfplan!tfstate"), strings.Contains(name, "protocol"), base == "second.tfplan!tfplan", strings.HasSuffix(base, ".tfplan.json"):
			// A plan carries the state that it starts from, and prior values; the protocol carries both.
		default:
			t.Errorf("%s holds a key's value", name)
		}
	}
	if inState == 0 {
		t.Error("the value of the key without recipients is not in state, so this test looks for nothing")
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "second.tfplan!tfplan", "first.tfplan.json"} {
		if len(found[filepath.Join(cli.Dir, name)]) == 0 {
			t.Errorf("%s was not looked at", name)
		}
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// State that an earlier build wrote is read, and plans nothing. testdata/earlier.tfstate was written by the first release's
// build, which knew none of templates, configurations, editors, recipients and rotation.
func TestAccCLI_StateOfAnEarlierBuild(t *testing.T) {
	t.Parallel()
	server := simulator.Start(t, simulator.Options{})
	key := server.AddKey(simulator.KeySpec{
		DisplayName: "dsr-eraser", Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), simulator.ErasurePrivilege()},
		AllowedIPs: []string{"203.0.113.0/24"}, Lifetime: "P90D", GroupsThatCanEdit: []string{"g1"},
	})
	config := `
resource "coveo_api_key" "test" {
  display_name = "dsr-eraser"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}
`
	cli := newKeyCLI(t, server, config)
	earlier := mustRead(t, filepath.Join("testdata", "earlier.tfstate"))
	const id = "czdxowyd3xovlkiob2u53c32oq"
	if !strings.Contains(earlier, id) || strings.Contains(earlier, "value_recipients") {
		t.Fatal("this is not the state of an earlier build")
	}
	cli.Write("terraform.tfstate", strings.ReplaceAll(earlier, id, key.ID))
	if result := cli.Run("plan", "-no-color", "-input=false", "-detailed-exitcode"); result.Code != 0 {
		t.Errorf("the plan ended with %d:\n%s", result.Code, result.All())
	}
	// Its value was made here, so that what is asked for now makes a new key.
	cli.Write("main.tf", strings.Replace(mustRead(t, filepath.Join(cli.Dir, "main.tf")), "lifetime     =", "rotation_triggers = { quarter = \"1\" }\n  lifetime     =", 1))
	if result := cli.Run("plan", "-no-color", "-input=false"); !strings.Contains(result.All(), "1 to add, 0 to change, 1 to destroy") {
		t.Errorf("a first trigger makes no new key:\n%s", result.All())
	}
	if n := server.Calls(simulator.CreateAPIKey) + server.Calls(simulator.UpdateAPIKey); n != 0 {
		t.Errorf("%d writes", n)
	}
}
