// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

const (
	longestDisplayName = 125
	longestDescription = 1000
	everyTarget        = "*"
)

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An API key with exactly the privileges that its job takes.\n\n" +
			"~> **The key's value lands in state**, unless `value_recipients` says who it is encrypted for. Coveo shows it once, in the " +
			"answer that makes the key. Every later plan file carries it too, and `terraform show -json` prints it in the open, of a plan as of state. " +
			"Without recipients, keep all of them where secrets may be. Destroying the resource deletes the key, and whatever still uses it is locked out at once.\n\n" +
			"A key that may erase people must say where it may be used from (`allowed_ips`) and when it ends (`lifetime`), or say " +
			"`unrestricted_erasure = true`. Give the eraser `overview` and `erasure`, since it sees neither what it erases nor whether " +
			"the erasure is done without `overview`; give `export` to a key of its own.\n\n" +
			"Privileges and the end of a key are fixed when it is made, so changing them makes a new key. A key that Coveo reports as " +
			"expired, or has disabled because it was found somewhere public, is planned to be replaced. One that was disabled for " +
			"lack of use is planned to be activated. One that a person disabled stays disabled unless `enabled = true` is written " +
			"in the configuration.\n\n" +
			"The provider's token needs the privileges *Organization – API keys: View*, *Edit* and *Create*. Whether an API key may hold " +
			"them depends on the organization.",
		Attributes: map[string]schema.Attribute{
			// Required.
			"display_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name in Coveo's administration console, of 1 to 125 characters. It need not be unique, yet a unique one tells " +
					"which key was made when an answer is lost. Changed in place.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, longestDisplayName)},
			},

			// What the key may do: exactly one of the three.
			"duties": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "What the key is for in answering Data Subject Requests: any of `overview` (count what usage analytics holds on a " +
					"person), `export` (create, read and remove exports) and `erasure` (ask for a person's data to be erased). Each stands for " +
					"exactly the privileges that it takes, as `effective_privileges` shows. Exactly one of `duties`, `privileges` and `template_id`. A change makes a " +
					"new key, unless the privileges stay the same. A later release of the provider that expands a duty otherwise warns and " +
					"changes no existing key.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...)),
				},
			},
			"privileges": schema.SetNestedAttribute{
				Optional: true,
				MarkdownDescription: "The privileges one by one, for any other job. Which ones exist depends on the organization; Coveo may refuse those " +
					"that the provider's token does not hold itself. Exactly one of `duties`, `privileges` and `template_id`. A change makes a new key, unless it " +
					"only says the same in other words.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "The service that the privilege belongs to, such as `USAGE_ANALYTICS`, `PLATFORM` or `SEARCH_API`. A change makes a new key.",
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"target_domain": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "What the privilege is about, such as `EXPORTS`. A change makes a new key.",
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"type": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "`VIEW`, `EDIT` or `CREATE`; absent for domains that the console shows as *Allowed*, for which `ENABLE` means the same. " +
							"A change makes a new key.",
						Validators: []validator.String{stringvalidator.OneOf(privilege.Types()...)},
					},
					"target_id": schema.StringAttribute{
						Optional: true, Computed: true,
						MarkdownDescription: "The one resource that the privilege is limited to. Default `*`, all of them. A change makes a new key.",
						Default:             stringdefault.StaticString(everyTarget),
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
				}},
			},

			"template_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The API key template that chooses the privileges, such as `AuthenticatedSearch`: its ID, not its name in the console. Exactly one " +
					"of `duties`, `privileges` and `template_id`. What it gives is in `effective_privileges`, and stays so for a key that exists, " +
					"whatever becomes of the template; a template may bound the lifetime. It is read before a key is made of it, since a key that may " +
					"erase must be limited whoever chose its privileges. A change makes a new key.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},

			// Optional.
			"description": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What the key is for, of at most 1000 characters. Default: none. Do not name people in it: it is shown in the console and " +
					"stands in state. Changed in place.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(longestDescription)},
			},
			"enabled": schema.BoolAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Whether the key opens anything. Default `true` for a new key. Changed in place. Written as `true`, it also switches a " +
					"key on again that a person disabled; left out, such a key stays as it is, with a warning, so that an emergency stop survives " +
					"the next run. A key that Coveo disabled for lack of use is switched on in both cases, and with `false` never.",
			},
			"allowed_ips": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Public addresses and CIDR ranges, IPv4 or IPv6, that the key may be used from. Default: from anywhere. Required of a key " +
					"that may erase, and then a range that holds every address does not count. Changed in place.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(addressValidator{})},
			},
			"denied_ips": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Addresses and CIDR ranges that the key must not be used from, even where `allowed_ips` holds them. Default: none. Changed " +
					"in place.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(addressValidator{})},
			},
			"lifetime": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long the key lives from its creation, as an ISO 8601 duration of whole units such as `P90D`, `P3M` or `PT12H`. Default: " +
					"whatever Coveo sets, which `expiration_date` shows. Required of a key that may erase. A change makes a new key. Coveo does not " +
					"tell it back: after an import it is taken from the configuration as written.",
				Validators: []validator.String{durationValidator{"lifetime"}},
			},
			"additional_configuration": configurationAttribute(),
			"api_keys_that_can_edit": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of the API keys that may edit this key. Left out, whoever may edit it stays as it is and is shown; `[]` leaves none. " +
					"Changed in place.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"groups_that_can_edit": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of the groups whose members may edit this key. Left out, whoever may edit it stays as it is and is shown; `[]` leaves " +
					"none. Changed in place.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"renew_before": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long before `expiration_date` a plan replaces the key, as an ISO 8601 duration of whole units such as `P14D`. Default: it " +
					"is replaced once it has expired. The refresh of a plan decides, and a key without an end, or one that a person disabled, is never " +
					"renewed. Must be shorter than `lifetime`. Kept in state only; a change calls nothing.",
				Validators: []validator.String{durationValidator{"window before the end"}},
			},
			"rotation_triggers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any values, such as a date or a ticket. Adding or changing one makes a new key; removing the argument asks for nothing, and an " +
					"imported key takes its first values as they are. Use `create_before_destroy` to keep the old key until the apply ends.",
			},
			"value_recipients": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Who gets the key's value: recipients of [age](https://age-encryption.org), such as `age1…`, or SSH public keys " +
					"(`ssh-ed25519` or `ssh-rsa`). With them the value is in `encrypted_value` only, and nowhere in the open: `value` is null. Public keys " +
					"only. Default: none, and the value is in `value`. A change makes a new key, since what was encrypted for somebody stays readable for " +
					"them.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1), recipientsValidator{}},
			},
			"unrestricted_erasure": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Says aloud that a key may erase people without `allowed_ips` or without `lifetime`. Default `false`. It is kept in state only; a " +
					"change calls nothing.",
			},

			// Computed.
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The key's ID. It is no secret. Another one means another key.",
			},
			"value": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The secret, as a bearer token. Known only for a key that this resource made; null after an import, and with " +
					"`value_recipients`. It never changes for one key: `terraform apply -replace=<address>` makes a new key with a new value and deletes " +
					"this one.",
			},
			"encrypted_value": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The secret, encrypted for `value_recipients` in age's text form: `terraform output -raw … | age --decrypt -i key.txt`. Null " +
					"without `value_recipients` and after an import.",
			},
			"effective_privileges": schema.SetNestedAttribute{
				Computed: true,
				MarkdownDescription: "What the key may do according to Coveo. Where that is not what was asked for, a new key is planned, with a warning that " +
					"names the difference.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner":         schema.StringAttribute{Computed: true, MarkdownDescription: "The service that the privilege belongs to."},
					"target_domain": schema.StringAttribute{Computed: true, MarkdownDescription: "What the privilege is about."},
					"type":          schema.StringAttribute{Computed: true, MarkdownDescription: "`VIEW`, `EDIT`, `CREATE` and the like; null where the domain has no types."},
					"target_id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The resource that the privilege is limited to; `*` for all."},
				}},
			},
			"status": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Coveo's word for the key's state, such as `ENABLED`, `SOON_TO_BE_EXPIRED`, `SOON_TO_BE_DISABLED`, `DISABLED`, " +
					"`DISABLED_FOR_INACTIVITY`, `DISABLED_EXPOSED` or `EXPIRED`. Coveo adds others; then `enabled` decides.",
			},
			"expiration_date": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the key ends (RFC 3339, UTC); null where Coveo names no end. It cannot be moved: a new key is needed.",
			},
			"created_date":   schema.StringAttribute{Computed: true, MarkdownDescription: "When the key was made (RFC 3339, UTC)."},
			"last_used_date": schema.StringAttribute{Computed: true, MarkdownDescription: "When the key was last used (RFC 3339, UTC); null where it never was."},
			"created_by":     schema.StringAttribute{Computed: true, MarkdownDescription: "The user or key that made the key, as Coveo names it."},
			"privacy_level":  schema.StringAttribute{Computed: true, MarkdownDescription: "`PRIVATE` for a secret key, `PUBLIC` for one that may stand in a web page."},
			"exposure": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The severity of Coveo's report that the key was found somewhere public, such as `CRITICAL`; null without a report. A key that " +
					"Coveo disabled for it is planned to be replaced; while it still works, a warning says so.",
			},

			"timeouts": timeoutsAttribute(ctx),
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "How long making the key may take, such as `5m` (default).",
		ReadDescription:   "How long reading it may take at every refresh, such as `5m` (default).",
		UpdateDescription: "How long changing it may take, such as `5m` (default).",
		DeleteDescription: "How long deleting it may take, such as `5m` (default). It counts only once it was applied.",
	})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = "How long each operation may take, waiting and retries included, as durations such as `30s` or `5m`. Kept in state only; " +
		"a change calls nothing."
	return nested
}

func identitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"organization_id": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The organization that the key belongs to. Default, and only possible value: the provider's.",
		},
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The key's ID.",
		},
	}}
}
