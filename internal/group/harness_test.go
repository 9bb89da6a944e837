// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const address = "coveo_group.test"

// began is when the clock of every test starts.
var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is one organization, one clock, and a provider whose diagnostics are overheard.
type world struct {
	*simulator.Server

	t     *testing.T
	clock *acctest.Clock
	heard *ear
	// emails is how many the test means to send.
	emails int
}

// newWorld makes an organization that knows Ann and Bob, who sign in with Google, and nobody else but its administrator.
func newWorld(t *testing.T, options simulator.Options) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, clock: acctest.NewClock(began), heard: &ear{}}
	options.Now = w.clock.Now
	w.Server = simulator.Start(t, options)
	w.AddUser(ann, "")
	w.AddUser(bob, "")
	t.Cleanup(func() {
		if sent := w.InvitationEmails(); sent != w.emails {
			t.Errorf("%d e-mails were sent, want %d", sent, w.emails)
		}
		if err := w.heard.namesNobody(); err != nil {
			t.Error(err)
		}
	})
	return w
}

var (
	ann  = simulator.PersonView{Username: "ann@example.com-google", Email: "ann@example.com", Provider: "GOOGLE"}
	bob  = simulator.PersonView{Username: "bob@example.com-google", Email: "bob@example.com", Provider: "GOOGLE"}
	carl = simulator.PersonView{Username: "carl@example.com-saml", Email: "carl@example.com", Provider: "SAML"}
)

// group is a configuration with one group of these arguments.
func (w *world) group(arguments ...string) string {
	return acctest.ProviderConfig(w.Server) + "resource \"coveo_group\" \"test\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n"
}

// importing is a configuration that imports a group into these arguments.
func (w *world) importing(id string, arguments ...string) string {
	return w.group(arguments...) + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

func (w *world) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	inner := acctest.Factories(provider.WithClock(w.clock))["coveo"]
	return map[string]func() (tfprotov6.ProviderServer, error){
		"coveo": func() (tfprotov6.ProviderServer, error) {
			server, err := inner()
			return overheard{server, w.heard}, err
		},
	}
}

// run runs the steps with the command line.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.UnitTest(w.t, resource.TestCase{ProtoV6ProviderFactories: w.factories(), Steps: steps})
}

// fresh forgets calls and diagnostics and then does what comes next in the world outside of Terraform.
func (w *world) fresh(then ...func()) func() {
	return func() {
		w.ResetCalls()
		w.heard.reset()
		for _, f := range then {
			f()
		}
	}
}

// made is the one group of the organization that did not come with it.
func (w *world) made() simulator.GroupView {
	w.t.Helper()
	var custom []simulator.GroupView
	for _, group := range w.Groups() {
		if group.Deletable {
			custom = append(custom, group)
		}
	}
	if len(custom) != 1 {
		w.t.Fatalf("the organization has %d groups of its own, want one", len(custom))
	}
	return custom[0]
}

// calls checks how often operations were asked for since the last fresh; those that are not named and change groups must not
// have been asked for at all.
func (w *world) calls(want map[simulator.Operation]int) resource.TestCheckFunc {
	return func(*terraform.State) error { return w.checkCalls(want) }
}

func (w *world) checkCalls(want map[simulator.Operation]int) error {
	for _, write := range []simulator.Operation{
		simulator.CreateGroup, simulator.UpdateGroup, simulator.DeleteGroup, simulator.AddGroupMember, simulator.RemoveGroupMember,
	} {
		if _, ok := want[write]; !ok && w.Calls(write) != 0 {
			return fmt.Errorf("%d calls of %s, want none", w.Calls(write), write)
		}
	}
	for operation, n := range want {
		if got := w.Calls(operation); got != n {
			return fmt.Errorf("%d calls of %s, want %d", got, operation, n)
		}
	}
	return nil
}

// inGroup checks who is in the one group of the organization, by e-mail address: members, a bar, invites.
func (w *world) inGroup(want string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := people(w.made()); got != want {
			return fmt.Errorf("in the group are %q, want %q", got, want)
		}
		return nil
	}
}

func people(group simulator.GroupView) string {
	names := func(list []simulator.PersonView) string {
		var out []string
		for _, p := range list {
			name, _, _ := strings.Cut(p.Email, "@")
			out = append(out, name)
		}
		return strings.Join(out, " ")
	}
	return names(group.Members) + " | " + names(group.Invites)
}

func (w *world) holds(want ...simulator.Privilege) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := w.made().Privileges; fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("the group holds %v, want %v", got, want)
		}
		return nil
	}
}

// planWarns is a plan check that wants a warning with all of these words.
func (w *world) planWarns(words ...string) plancheck.PlanCheck {
	return planCheck(func() error { return w.heard.find(tfprotov6.DiagnosticSeverityWarning, words...) })
}

// planIsQuiet is a plan check that wants no diagnostics.
func (w *world) planIsQuiet() plancheck.PlanCheck {
	return planCheck(func() error {
		if heard := w.heard.since(); len(heard) > 0 {
			return fmt.Errorf("unexpected diagnostic: %s: %s", heard[0].Summary, heard[0].Detail)
		}
		return nil
	})
}

func (w *world) warns(words ...string) resource.TestCheckFunc {
	return func(*terraform.State) error { return w.heard.find(tfprotov6.DiagnosticSeverityWarning, words...) }
}

type planCheck func() error

func (c planCheck) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c()
}

// ear remembers the diagnostics of a provider.
type ear struct {
	mu   sync.Mutex
	all  []*tfprotov6.Diagnostic
	from int
}

func (e *ear) hear(diagnostics []*tfprotov6.Diagnostic) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, diagnostics...)
}

func (e *ear) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.from = len(e.all)
}

func (e *ear) since() []*tfprotov6.Diagnostic {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]*tfprotov6.Diagnostic(nil), e.all[e.from:]...)
}

// namesNobody fails where any diagnostic of the whole test holds an e-mail address, or stands at an attribute beside which
// Terraform would print one.
func (e *ear) namesNobody() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range e.all {
		text := fmt.Sprintf("%s (%s): %s", d.Summary, d.Attribute, d.Detail)
		if strings.Contains(text, "@") || strings.Contains(fmt.Sprint(d.Attribute), "members") || strings.Contains(fmt.Sprint(d.Attribute), "invites") {
			return fmt.Errorf("a diagnostic names a person: %s", text)
		}
	}
	return nil
}

func (e *ear) find(severity tfprotov6.DiagnosticSeverity, words ...string) error {
	var texts []string
	for _, d := range e.since() {
		text := fmt.Sprintf("%s (%s): %s", d.Summary, d.Attribute, d.Detail)
		texts = append(texts, text)
		matches := d.Severity == severity
		for _, word := range words {
			matches = matches && strings.Contains(text, word)
		}
		if matches {
			return nil
		}
	}
	return fmt.Errorf("no diagnostic of severity %s with %q among:\n%s", severity, words, strings.Join(texts, "\n"))
}

// overheard is a provider whose diagnostics are remembered.
type overheard struct {
	tfprotov6.ProviderServer
	ear *ear
}

func (o overheard) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := o.ProviderServer.ValidateResourceConfig(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := o.ProviderServer.ReadResource(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.ProviderServer.PlanResourceChange(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := o.ProviderServer.ApplyResourceChange(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := o.ProviderServer.ImportResourceState(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func is(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func strs(values ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, 0, len(values))
	for _, value := range values {
		checks = append(checks, knownvalue.StringExact(value))
	}
	return knownvalue.SetExact(checks)
}

func effective(domain string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"owner": knownvalue.StringExact("USAGE_ANALYTICS"), "target_domain": knownvalue.StringExact(domain),
		"type": knownvalue.Null(), "target_id": knownvalue.StringExact("*"),
	})
}

// does is what the plan of a step is to do. After it, nothing is left to do.
func does(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}, more...),
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// wrapped matches words in what the command line prints, whatever line breaks stand between.
func wrapped(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(words)), `[\s│]+`))
}

func path(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

// same compares values for equality.
type same struct{}

func (same) CompareValues(values ...any) error {
	for _, value := range values[1:] {
		if fmt.Sprint(value) != fmt.Sprint(values[0]) {
			return fmt.Errorf("%v is not %v", value, values[0])
		}
	}
	return nil
}

// edit changes a group as a client in the console would, without e-mails.
func (w *world) edit(id, body string) error {
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut,
		w.URL+"/rest/organizations/"+w.ID()+"/groups/"+id+"?sendEmailToInvitedUsers=false", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+simulator.AdminToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the edit was answered with %s", response.Status)
	}
	return nil
}

func identityType() tftypes.Object {
	return tftypes.Object{AttributeTypes: map[string]tftypes.Type{"organization_id": tftypes.String, "id": tftypes.String}}
}

// inProcess is a configured provider without a command line.
func (w *world) inProcess() tfprotov6.ProviderServer { return w.inProcessWith(simulator.AdminToken) }

func (w *world) inProcessWith(token any) tfprotov6.ProviderServer {
	w.t.Helper()
	server, err := acctest.Factories(provider.WithClock(w.clock))["coveo"]()
	if err != nil {
		w.t.Fatal(err)
	}
	described, err := server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	object := described.Provider.ValueType().(tftypes.Object)
	config := dynamic(w.t, object, map[string]any{"organization_id": w.ID(), "access_token": token, "platform_url": w.URL})
	configured, err := server.ConfigureProvider(w.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil || len(configured.Diagnostics) != 0 {
		w.t.Fatalf("%v, diagnostics: %+v", err, configured)
	}
	return server
}

// dynamic is an object in which only these texts are set.
func dynamic(t *testing.T, object tftypes.Object, set map[string]any) *tfprotov6.DynamicValue {
	t.Helper()
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, set[name])
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}
