// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// uniquePart is the length of what makes a name unique, as crypto/rand.Text gives it, with the separator.
const uniquePart = 26 + len(nameSeparator)

func ephemeralSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An API key for one run: made when Terraform needs it, deleted when what uses it is done, and in no artefact: neither in " +
			"state nor in a plan file. Its value is meant for the `access_token` of another provider block of the same configuration.\n\n" +
			"~> **A key is made at every plan and at every apply.** Terraform opens what is ephemeral in each of its walks: once for a plan, twice for " +
			"an apply that plans first, and **three times for a destroy**. Each time another key is made and deleted.\n\n" +
			"~> **Who can mint can grant.** The provider's token must be one that may make keys. Whoever can run this configuration, or change it in a pull " +
			"request that is planned, can make a key with any privilege which that token may grant, at plan already. Where that is too much, let " +
			"somebody else make a `coveo_api_key` resource, and hand over its value.\n\n" +
			"Terraform skips the closing whenever something fails that uses the key. What is still open is therefore deleted when the provider's process " +
			"ends: after an error, after Ctrl-C, and when the command line was killed. If the provider itself is killed, or Coveo cannot be reached, at " +
			"most one key for each opening is left, and it ends after `lifetime`.\n\n" +
			"The provider's token needs the privileges *Organization – API keys: View*, *Edit* and *Create*. Whether an API key may hold them depends on " +
			"the organization.",
		Attributes: map[string]schema.Attribute{
			"display_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: fmt.Sprintf("What the key's name in Coveo's administration console begins with, of 1 to %d characters. A hyphen and 26 random "+
					"characters follow, so that the key can be told from all others even when the answer that made it is lost.", longestDisplayName-uniquePart),
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, longestDisplayName-uniquePart)},
			},
			"duties": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "What the key is for in answering Data Subject Requests: any of `overview` (count what usage analytics holds on a " +
					"person), `export` (create, read and remove exports) and `erasure` (ask for a person's data to be erased). Each stands for " +
					"exactly the privileges that it takes, as `effective_privileges` shows. Exactly one of `duties` and `privileges`.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...)),
				},
			},
			"privileges": schema.SetNestedAttribute{
				Optional: true,
				MarkdownDescription: "The privileges one by one, for any other job. Which ones exist depends on the organization; Coveo may refuse those " +
					"that the provider's token does not hold itself. Exactly one of `duties` and `privileges`.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: aboutOwner,
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"target_domain": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: aboutDomain,
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"type": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: aboutType,
						Validators:          []validator.String{stringvalidator.OneOf(privilege.Types()...)},
					},
					"target_id": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: aboutTarget,
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
				}},
			},
			"description": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What the key is for, of at most 1000 characters. Default: none. Do not name people in it: it is shown in the console while the " +
					"key exists.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(longestDescription)},
			},
			"allowed_ips": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Public addresses and CIDR ranges, IPv4 or IPv6, that the key may be used from. Default: from anywhere. Required of a key " +
					"that may erase, and then a range that holds every address does not count.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(addressValidator{})},
			},
			"denied_ips": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Addresses and CIDR ranges that the key must not be used from, even where `allowed_ips` holds them. Default: none.",
				Validators:          []validator.Set{setvalidator.ValueStringsAre(addressValidator{})},
			},
			"lifetime": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "After which time the key ends by itself, should nothing delete it: an ISO 8601 duration of whole units, from `PT5M` to `P7D`. " +
					"Default `" + defaultLifetime + "`. It must be longer than one run takes, or the run loses its key. Coveo's documents name lifetimes in days " +
					"and months; should yours refuse hours, write `P1D`.",
				Validators: []validator.String{durationValidator{"lifetime"}, netValidator{}},
			},
			"unrestricted_erasure": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Says aloud that a key may erase people without `allowed_ips`. Default `false`.",
			},

			// Computed.
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The key's ID. It is no secret. Each opening has another one.",
			},
			"unique_display_name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The key's whole name in Coveo's administration console. Each opening has another one.",
			},
			"value": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The secret, as a bearer token. It is ephemeral: Terraform lets it flow only to where nothing is stored.",
			},
			"effective_privileges": schema.SetNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What the key may do according to Coveo. Where that is not what was asked for, a warning names the difference.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner":         schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownOwner},
					"target_domain": schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownDomain},
					"type":          schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownType},
					"target_id":     schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownTarget},
				}},
			},
			"expiration_date": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: resourceSchema(ctx).Attributes["expiration_date"].GetMarkdownDescription(),
			},

			"timeouts": openTimeout(ctx),
		},
	}
}

// netValidator bounds the lifetime of a key for one run.
type netValidator struct{}

func (netValidator) Description(context.Context) string {
	return "must be from PT5M to P7D"
}
func (v netValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (netValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	lifetime, err := iso8601.Parse(req.ConfigValue.ValueString())
	if err != nil {
		return // durationValidator says so
	}
	// A duration in months has no length of its own; the shortest month is long enough to tell.
	begin := time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)
	if length := lifetime.After(begin).Sub(begin); length < shortestLifetime || length > longestLifetime {
		resp.Diagnostics.AddAttributeError(req.Path, "Lifetime cannot be used", fmt.Sprintf("%q is no lifetime for a key that serves one run. It is a net: "+
			"the key is deleted when the run ends, and ends by itself where that fails. Write PT5M to P7D, longer than a run takes.", req.ConfigValue.ValueString()))
	}
}

func openTimeout(ctx context.Context) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		OpenDescription: "How long making the key may take, waiting and retries included, such as `5m` (default).",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = aboutTimeouts
		return nested
	}
	return attribute
}
