// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// variables are values for the required variables that examples declare.
var variables = map[string]string{
	"TF_VAR_access_token": simulator.AdminToken,
	"TF_VAR_admin_token":  simulator.AdminToken,
	"TF_VAR_dsr_token":    simulator.AdminToken,
	"TF_VAR_desk_token":   simulator.AdminToken,
	"TF_VAR_eraser_token": simulator.AdminToken,
	"TF_VAR_digest_keys":  fmt.Sprintf(`{"2026":%q}`, DigestKey),
	"TF_VAR_subjects":     `{"DSR-2026-0142":["someone@example.com-google"]}`,
}

const (
	// exampleKeyID stands in examples of imports, and vaultPath in examples of a vault.
	exampleKeyID = "t4hk287bfj5sg6wskg64ckk5a"
	vaultPath    = "/run/secrets/subjects.json"
	// queryFile is how the names of files end that only terraform query reads.
	queryFile = ".tfquery.hcl"
)

var (
	casePattern = regexp.MustCompile(`DSR-\d{4}-\d{4}`)
	fence       = regexp.MustCompile("(?ms)^```(?:hcl|terraform)([^\n]*)\n(.*?)^```[ \t]*$")
	actionBlock = regexp.MustCompile(`(?m)^action "`)
	listBlock   = regexp.MustCompile(`(?m)^list "`)
	// ephemeralKey is a key that exists while a plan is made.
	ephemeralKey = regexp.MustCompile(`(?m)^ephemeral "coveo_api_key" `)
	dataInCheck  = regexp.MustCompile(`(?ms)^check "[^"]*" \{.*?^\}`)
)

// exampleGroupID stands in examples of imports of groups.
const exampleGroupID = "hjwtlbw3npguhcvqtxrd3rsd4q"

// exampleExportID stands in examples of imports of exports.
const exampleExportID = "a7c2f7f0-3d2b-4f0e-9a57-6b1d0b3ad3f3"

// problemWith plans files as one configuration on an organization that has everyone the files name, and returns what is
// wrong with them, or nothing.
func problemWith(t *testing.T, files map[string]string) string {
	t.Helper()
	if newer := needsNewer(files); newer != "" && !NewCLI(t, "").KnowsActionsAndQueries() {
		// The rest of the configuration is not planned either. A command line from 1.14 on does both.
		t.Logf("only read and formatted, because this command line knows no %s", newer)
		return formatProblem(t, files)
	}
	server := simulator.Start(t, simulator.Options{})
	key := server.AddKey(simulator.KeySpec{DisplayName: "DSR eraser", Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24", "2001:db8:1::/48"}, Privileges: []simulator.Privilege{
		{Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE", TargetID: "*"},
		{Owner: "USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: "*"},
	}})
	group := server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy engineering", Privileges: key.Privileges})
	vault := map[string][]string{}
	whole := strings.Join(slices.Collect(maps.Values(files)), "\n")
	for _, reference := range casePattern.FindAllString(whole, -1) {
		vault[reference] = []string{reference + "@example.com-google"}
		server.Log(reference+"@example.com-google", simulator.Search, 3)
	}
	export := server.AddExport(simulator.ExportSpec{Description: "Access request"})
	encoded, err := json.Marshal(vault)
	if err != nil {
		t.Fatal(err)
	}
	cli := NewCLI(t, "")
	cli.Write("subjects.json", string(encoded))
	for name, content := range files {
		content = strings.NewReplacer(exampleKeyID, key.ID, exampleGroupID, group.ID, exampleExportID, export, vaultPath, filepath.ToSlash(filepath.Join(cli.Dir, "subjects.json"))).Replace(content)
		cli.Write(name, content)
	}
	// Users write the short address, which the two command lines complete with hosts of their own.
	cli.Write("cli.tfrc", fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %[2]q\n    %[3]q = %[2]q\n  }\n  direct {}\n}\n",
		Source, providerDir(t), "registry.opentofu.org/coveo-privacy/coveo"))
	required := "terraform {\n  required_providers {\n    coveo = { source = \"coveo-privacy/coveo\" }\n  }\n}\n"
	if strings.Contains(whole, "required_providers") {
		required = ""
	}
	if _, taken := files["main.tf"]; taken {
		cli.Write("required.tf", required)
	} else {
		cli.Write("main.tf", required)
	}
	cli.Env = append(cli.Env, "COVEO_ORGANIZATION_ID="+server.ID(), "COVEO_ACCESS_TOKEN="+simulator.AdminToken, "COVEO_PLATFORM_URL="+server.URL,
		"COVEO_DIGEST_KEYS="+fmt.Sprintf(`{"2026":%q}`, DigestKey))
	if !strings.Contains(whole, "subjects ") {
		cli.Env = append(cli.Env, "COVEO_SUBJECTS_FILE="+filepath.Join(cli.Dir, "subjects.json"))
	}
	for name, value := range variables {
		cli.Env = append(cli.Env, name+"="+value)
	}
	for _, check := range dataInCheck.FindAllString(whole, -1) {
		if strings.Contains(check, "\n  data ") {
			return "a data source stands inside of a check block, so plan -detailed-exitcode would return 2 for ever"
		}
	}
	command := []string{"plan", "-no-color", "-input=false"}
	if hasQuery(files) {
		command = []string{"query", "-no-color"}
	}
	result := cli.Run(command...)
	switch {
	case result.Code == 0:
	case strings.Contains(result.Unwrapped(), `An argument named "identity" is not expected here`):
		// This command line is older than imports by identity; the rest of the file was understood.
		return ""
	default:
		return result.All()
	}
	made := server.Calls(simulator.CreateAPIKey)
	if ephemeralKey.MatchString(whole) {
		// A key for one run is made at plan already, and gone afterwards.
		made -= server.Calls(simulator.DeleteAPIKey)
	}
	if server.Calls(simulator.DeleteUserData)+server.Calls(simulator.ExtendAPIKey)+made > 0 || len(server.Keys()) != 1 {
		return "planning changed something"
	}
	if server.Calls(simulator.CreateGroup)+server.Calls(simulator.UpdateGroup) > 0 {
		return "planning changed a group"
	}
	if server.Calls(simulator.CreateExport)+server.Calls(simulator.CreateExportSchedule)+server.Calls(simulator.DeleteExport) > 0 {
		return "planning changed an export"
	}
	return formatProblem(t, files)
}

// needsNewer names what a configuration has that takes Terraform 1.14, or nothing.
func needsNewer(files map[string]string) string {
	switch {
	case hasQuery(files):
		return "queries"
	case slices.ContainsFunc(slices.Collect(maps.Values(files)), actionBlock.MatchString):
		return "actions"
	}
	return ""
}

// hasQuery tells whether one of the files is a query's.
func hasQuery(files map[string]string) bool {
	for name := range files {
		if strings.HasSuffix(name, queryFile) {
			return true
		}
	}
	return false
}

// formatProblem says whether the command line would format a file otherwise.
func formatProblem(t *testing.T, files map[string]string) string {
	t.Helper()
	cli := NewCLI(t, "")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		cli.Write("main.tf", files[name])
		if result := cli.Run("fmt", "-no-color", "-check", "-diff", "main.tf"); result.Code != 0 {
			return name + " is not formatted, or cannot be read:\n" + result.All()
		}
	}
	return ""
}

// repository is this checkout.
func repository(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestExamples_Plan(t *testing.T) {
	root := filepath.Join(repository(t), "examples")
	folders := map[string]map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" && !strings.HasSuffix(path, queryFile) || strings.Contains(path, ".terraform") {
			return err
		}
		content, err := os.ReadFile(path)
		folder, _ := filepath.Rel(root, filepath.Dir(path))
		if folders[folder] == nil {
			folders[folder] = map[string]string{}
		}
		folders[folder][entry.Name()] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) < 5 {
		t.Fatalf("only %d folders with examples were found", len(folders))
	}
	for folder, files := range folders {
		// The files import-*.tf are alternatives, each beside the rest.
		rest, imports := map[string]string{}, map[string]string{}
		for name, content := range files {
			if strings.HasPrefix(name, "import-") {
				imports[name] = content
			} else {
				rest[name] = content
			}
		}
		plan := func(name string, files map[string]string) {
			t.Run(filepath.ToSlash(filepath.Join(folder, name)), func(t *testing.T) {
				t.Parallel()
				if problem := problemWith(t, files); problem != "" {
					t.Error(problem)
				}
			})
		}
		plan("", rest)
		for name, content := range imports {
			with := maps.Clone(rest)
			with[name] = content
			plan(name, with)
		}
	}
}

// block is a piece of configuration in a text.
type block struct {
	line     int
	content  string
	fragment bool // not a whole configuration, so it is read and formatted only
}

func blocksOf(text string) []block {
	var blocks []block
	for _, at := range fence.FindAllStringSubmatchIndex(text, -1) {
		blocks = append(blocks, block{
			line:     1 + strings.Count(text[:at[0]], "\n"),
			content:  text[at[4]:at[5]],
			fragment: strings.Contains(text[at[2]:at[3]], "fragment"),
		})
	}
	return blocks
}

func (b block) problem(t *testing.T) string {
	t.Helper()
	files := map[string]string{"block.tf": b.content}
	if listBlock.MatchString(b.content) {
		files = map[string]string{"block" + queryFile: b.content}
	}
	if b.fragment {
		return formatProblem(t, files)
	}
	return problemWith(t, files)
}

func TestDocumentation_BlocksPlan(t *testing.T) {
	root := repository(t)
	texts := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")}
	err := filepath.WalkDir(filepath.Join(root, "templates"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			texts = append(texts, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range texts {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		for _, line := range []string{"```tf\n", "```HCL", "``` hcl", "``` terraform"} {
			if strings.Contains(text, line) {
				t.Errorf("%s: write ```terraform, so that the block is planned", path)
			}
		}
		for _, b := range blocksOf(text) {
			found++
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(path), b.line), func(t *testing.T) {
				t.Parallel()
				if problem := b.problem(t); problem != "" {
					t.Error(problem)
				}
			})
		}
	}
	if found < 5 {
		t.Errorf("only %d blocks were found", found)
	}
}

// The guide publishes a test vector, with a command that checks it without this provider.
func TestDocumentation_DigestIsRight(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(repository(t), "templates", "guides", "keeping-people-out.md"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := subject.NewKeyring("acmeprod1a2b3c", map[string]string{"2026": DigestKey}, "2026")
	if err != nil {
		t.Fatal(err)
	}
	if digest := keys.Digest("2026", "alice.smith@example.com-google"); !strings.Contains(string(content), digest) {
		t.Errorf("the guide does not have %s", digest)
	}
}

func TestDocumentation_BrokenBlocksAreFound(t *testing.T) {
	const good = "resource \"coveo_user_data_deletion\" \"case\" {\n  subject                  = \"DSR-2026-0142\"\n  acknowledge_irreversible = true\n}\n"
	for name, test := range map[string]struct{ text, want string }{
		"no attribute of that name": {"```terraform\ndata \"coveo_user_overview\" \"case\" {\n  case = \"DSR-2026-0142\"\n}\n```\n", "Unsupported argument"},
		"value that is refused":     {"```hcl\n" + strings.Replace(good, "= true", "= false", 1) + "```\n", "Erasure not acknowledged"},
		"no such resource":          {"```terraform\nresource \"coveo_nothing\" \"case\" {}\n```\n", "coveo_nothing"},
		"variable without a value":  {"```terraform\nvariable \"nobody_sets_this\" {}\n```\n", "nobody_sets_this"},
		"reference to nothing":      {"```hcl\noutput \"x\" {\n  value = coveo_api_key.missing.id\n}\n```\n", "undeclared resource"},
		"data source in a check":    {"```hcl\ncheck \"x\" {\n  data \"coveo_user_overview\" \"case\" {\n    subject = \"DSR-2026-0142\"\n  }\n}\n```\n", "check block"},
		"not formatted":             {"```terraform\n" + strings.Replace(good, "  = ", " = ", 1) + "```\n", "not formatted"},
		"query with bad syntax":     {"```hcl\nlist \"coveo_api_key\" {\n  provider = \n}\n```\n", "Invalid expression"},
		"action, not formatted":     {"```hcl\naction \"coveo_extend_api_key\" \"x\" {\nconfig {}\n}\n```\n", "coveo_extend_api_key"},
		"fragment with bad syntax":  {"```hcl fragment\nlifetime = \n```\n", "cannot be read"},
		"good":                      {"text\n```terraform\n" + good + "```\ntext\n", ""},
		"good fragment":             {"```hcl fragment\nlifetime = \"P90D\"\n```\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blocks := blocksOf(test.text)
			if len(blocks) != 1 {
				t.Fatalf("%d blocks were found", len(blocks))
			}
			problem := blocks[0].problem(t)
			if (problem == "") != (test.want == "") || !strings.Contains(problem, test.want) {
				t.Errorf("got %q, want %q in it", problem, test.want)
			}
		})
	}
}
