// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	ours "github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// reader is somebody who may read a value.
type reader struct{ *age.X25519Identity }

func newReader(t *testing.T) reader {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return reader{identity}
}

// toThese are the recipients of a value, as an argument.
func toThese(readers ...reader) string {
	var quoted []string
	for _, r := range readers {
		quoted = append(quoted, fmt.Sprintf("%q", r.Recipient()))
	}
	return "value_recipients = [" + strings.Join(quoted, ", ") + "]"
}

// opens wants an encrypted value to be the one key's, and its reader to be able to read it.
func (w *world) opens(r reader) knownvalue.Check {
	return knownvalue.StringFunc(func(sealed string) error {
		plain, err := age.Decrypt(armor.NewReader(strings.NewReader(sealed)), r)
		if err != nil {
			return err
		}
		value, err := io.ReadAll(plain)
		if err == nil && string(value) != w.only().Value {
			err = fmt.Errorf("what was encrypted is not the key's value")
		}
		return err
	})
}

func TestAccAPIKey_encrypted(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	one, other := newReader(t), newReader(t)
	value, encrypted := tfjsonpath.New("value"), tfjsonpath.New("encrypted_value")
	planned := []plancheck.PlanCheck{
		plancheck.ExpectKnownValue(address, value, knownvalue.Null()), plancheck.ExpectUnknownValue(address, encrypted), w.planIsQuiet(),
	}
	sealed := []statecheck.StateCheck{is("value", knownvalue.Null()), is("encrypted_value", w.opens(one))}
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(eraser, toThese(one))...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate, planned...), ConfigStateChecks: sealed,
			Check: w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
		},
		resource.TestStep{
			// A change of anything else leaves it alone.
			PreConfig: w.fresh(), Config: w.key(append(eraser, toThese(one), `description = "new"`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, plancheck.ExpectKnownValue(address, encrypted, knownvalue.NotNull())), ConfigStateChecks: sealed,
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
		},
		resource.TestStep{
			// One more.
			PreConfig: w.fresh(), Config: w.key(append(eraser, toThese(one, other))...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, planned...), ConfigStateChecks: sealed,
			Check: w.calls(replaced()),
		},
		resource.TestStep{
			// One less.
			PreConfig: w.fresh(), Config: w.key(append(eraser, toThese(one))...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, planned...), ConfigStateChecks: sealed,
			Check: w.calls(replaced()),
		},
		resource.TestStep{
			// None: from now on in the open.
			PreConfig: w.fresh(), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				plancheck.ExpectUnknownValue(address, value), plancheck.ExpectKnownValue(address, encrypted, knownvalue.Null())),
			ConfigStateChecks: []statecheck.StateCheck{is("value", knownvalue.NotNull()), is("encrypted_value", knownvalue.Null())},
			Check:             w.calls(replaced()),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(eraser, toThese(one))...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, planned...), ConfigStateChecks: sealed,
			Check: w.calls(replaced()),
		},
	)
}

func TestAccAPIKey_recipientsUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	one := newReader(t)
	config := func(input string) string {
		return "resource \"terraform_data\" \"later\" {\n  input = " + input + "\n}\n" + w.key(append(eraser, `value_recipients = terraform_data.later.output`)...)
	}
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: config(`["alice"]`), ExpectError: wrapped("Recipient cannot be used"),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := w.checkCalls(nil); err != nil {
					t.Error(err)
				}
				w.fresh()()
			},
			Config: config(fmt.Sprintf("[%q]", one.Recipient())), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{is("value", knownvalue.Null()), is("encrypted_value", w.opens(one))},
		},
	)
}

// Where encryption fails after Coveo has made the key, its value is lost rather than kept in the open, and nothing taints it.
func TestAccAPIKey_encryptionFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	failing := func(value string, _ []string) (string, error) { return "", fmt.Errorf("cannot encrypt %s", value) }
	inner := providerserver.NewProtocol6WithError(offering{ours.New("test", ours.WithClock(w.clock))(), apikey.NewResourceSealing(failing)})
	factories := map[string]func() (tfprotov6.ProviderServer, error){"coveo": func() (tfprotov6.ProviderServer, error) {
		server, err := inner()
		return overheard{server, w.heard}, err
	}}
	config := w.key(append(eraser, toThese(newReader(t)))...)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks:  does(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{is("value", knownvalue.Null()), is("encrypted_value", knownvalue.Null()), is("id", knownvalue.NotNull())},
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
				w.warns("API key made without its value: dsr-eraser", "lost", "-replace=<resource address>"),
				func(*terraform.State) error {
					for _, d := range w.heard.all() {
						if strings.Contains(d.Summary+d.Detail, w.only().Value) {
							return fmt.Errorf("the value is in a diagnostic: %s", d.Detail)
						}
					}
					return nil
				}),
		},
		{PreConfig: w.fresh(), Config: config, ConfigPlanChecks: does(plancheck.ResourceActionNoop), Check: w.calls(nil)},
	}})
}

// offering is the provider with one resource of a test's own.
type offering struct {
	provider.Provider
	resource frameworkresource.Resource
}

func (o offering) Resources(context.Context) []func() frameworkresource.Resource {
	return []func() frameworkresource.Resource{func() frameworkresource.Resource { return o.resource }}
}
